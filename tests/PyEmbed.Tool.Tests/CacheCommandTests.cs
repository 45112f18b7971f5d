using System.Text.Json;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class CacheCommandTests
{
    private const string ReadsItself = "import os\nprint(open(os.path.join(os.path.dirname(__file__), 'n.txt')).read())\n";

    [TestMethod]
    public void What_programs_have_made_is_listed_and_pruned()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("The places are chosen by POSIX variables.");
        }

        string place = InstalledTool.NewFolder();
        Dictionary<string, string?> environment = new() { ["XDG_CACHE_HOME"] = OperatingSystem.IsMacOS() ? null : place, ["HOME"] = place, ["TMPDIR"] = place };
        string path = new SampleAssembly("App").With("app", SampleAssembly.Archive("app", [("app/__main__.py", ReadsItself), ("app/n.txt", "text")])).Save(InstalledTool.NewFolder());
        Assert.AreEqual("", InstalledTool.RunIn(environment, "cache", "list").Succeeds().Output, "nothing is there");
        InstalledTool.RunIn(environment, "run", path).Succeeds().Prints("text");

        string[] lines = InstalledTool.RunIn(environment, "cache", "list").Succeeds().Output.TrimEnd('\n').Split('\n');
        Assert.HasCount(2, lines, "files, and bytecode that the archive has none of");
        foreach ((string kind, string line) in new[] { "bytecode", "files" }.Zip(lines.Order(StringComparer.Ordinal)))
        {
            string[] fields = line.Split('\t');
            CollectionAssert.AreEqual(new[] { kind, "app" }, fields[..2]);
            Assert.AreEqual("no", fields[6]);
            Assert.AreEqual("assembly:/App.dll/app.zip", fields[7]);
            Assert.IsTrue(Directory.Exists(fields[8]), fields[8]);
        }

        using JsonDocument list = JsonDocument.Parse(InstalledTool.RunIn(environment, "cache", "list", "--json").Succeeds().Output);
        Assert.AreEqual(1, list.RootElement.GetProperty("formatVersion").GetInt32());
        JsonElement files = list.RootElement.GetProperty("roots").EnumerateArray().Single(root => root.GetProperty("kind").GetString() == "files");
        Assert.AreEqual(JsonValueKind.Null, files.GetProperty("bytecode").ValueKind);
        Assert.IsFalse(files.GetProperty("inUse").GetBoolean());
        string directory = list.RootElement.GetProperty("directories").EnumerateArray().Single().GetString()!;
        Assert.StartsWith(directory, files.GetProperty("path").GetString()!);

        Assert.AreEqual("", InstalledTool.RunIn(environment, "cache", "prune").Succeeds().Output, "by the rules of programs nothing is stale");
        Assert.AreEqual("", InstalledTool.RunIn(environment, "cache", "prune", "--older-than", "0.5").Succeeds().Output);
        using JsonDocument stale = JsonDocument.Parse(InstalledTool.RunIn(environment, "cache", "prune", "--all", "--dry-run", "--json").Succeeds().Output);
        Assert.AreEqual(2, stale.RootElement.GetProperty("stale").GetArrayLength());
        Assert.HasCount(2, Directory.GetDirectories(directory));

        Assert.HasCount(2, InstalledTool.RunIn(environment, "cache", "prune", "--all", "--directory", directory).Succeeds().Output.TrimEnd('\n').Split('\n'));
        Assert.HasCount(0, Directory.GetDirectories(directory));
    }

    [TestMethod]
    [DataRow(new[] { "cache" }, 2, "Required command")]
    [DataRow(new[] { "cache", "prune", "--older-than", "-1" }, 2, "a number of days, 0 or more")]
    [DataRow(new[] { "cache", "prune", "--older-than", "soon" }, 2, "not 'soon'. See 'pyembed cache prune --help'")]
    [DataRow(new[] { "cache", "prune", "--older-than", "1", "--all" }, 2, "cannot be given together")]
    [DataRow(new[] { "cache", "list", "--directory", "no-such-folder" }, 3, "no-such-folder")]
    public void What_cannot_be_done_is_one_line(string[] arguments, int code, string problem)
    {
        ProcessResult result = InstalledTool.Run(arguments).Exits(code);

        Assert.AreEqual("", result.Output);
        Assert.StartsWith("pyembed: ", result.Error);
        Assert.Contains(problem, result.Error);
        Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
    }

    [TestMethod]
    public void Without_a_CPython_it_says_so() =>
        InstalledTool.RunIn(new Dictionary<string, string?> { ["PYEMBED_LIBRARY"] = "/nowhere" }, "cache", "list").Exits(5).Says("pyembed: The CPython named by PYEMBED_LIBRARY cannot be used");
}
