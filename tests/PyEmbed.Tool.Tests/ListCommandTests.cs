using System.Text.Json;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class ListCommandTests
{
    private static readonly (string, string)[] Files =
    [
        ("mypkg/__init__.py", ""), ("mypkg/core.py", "VALUE = 1\n"), ("mypkg/data/table.csv", "1,2\n"),
        ("mypkg/__pycache__/core.cpython-39.pyc", "code"), ("mypkg/__pycache__/core.cpython-311.pyc", "code"),
    ];

    [TestMethod]
    public void A_line_names_a_tree_and_its_figures()
    {
        byte[] archive = SampleAssembly.Archive("my-pkg", Files);
        string path = new SampleAssembly("App").With("my-pkg", archive, minimumPython: "3.9", requirements: ["requests>=2", "attrs"]).Save(InstalledTool.NewFolder());
        string hash = Manifest.ArchiveReader.Open(new MemoryStream(archive), "").Hash;

        InstalledTool.Run("list", path).Succeeds().Prints(
            $"App.dll\tmy-pkg\t5\t2\t{archive.Length}\t22\t3.9,3.11\t3.9\t{hash}\t1\trequests>=2; attrs");
    }

    [TestMethod]
    public void Json_has_the_same_with_names()
    {
        byte[] archive = SampleAssembly.Archive("my-pkg", Files);
        string path = new SampleAssembly("App").With("my-pkg", archive, requirements: "attrs").Save(InstalledTool.NewFolder());

        ProcessResult result = InstalledTool.Run("list", "--json", path).Succeeds();

        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.AreEqual(1, root.GetProperty("formatVersion").GetInt32());
        Assert.AreEqual(path, root.GetProperty("file").GetString());
        JsonElement tree = root.GetProperty("trees").EnumerateArray().Single();
        Assert.AreEqual("App.dll", tree.GetProperty("assembly").GetString());
        Assert.AreEqual("my-pkg", tree.GetProperty("distribution").GetString());
        Assert.AreEqual("assembly:/App.dll/my-pkg.zip", tree.GetProperty("origin").GetString());
        Assert.AreEqual(5, tree.GetProperty("files").GetInt32());
        Assert.AreEqual(2, tree.GetProperty("modules").GetInt32());
        CollectionAssert.AreEqual(new[] { "3.9", "3.11" }, tree.GetProperty("bytecode").EnumerateArray().Select(item => item.GetString()).ToArray());
        CollectionAssert.AreEqual(new[] { "attrs" }, tree.GetProperty("requirements").EnumerateArray().Select(item => item.GetString()).ToArray());
        Assert.AreEqual(0, root.GetProperty("unreadable").GetArrayLength());
    }

    [TestMethod]
    public void An_assembly_that_the_build_made_is_listed()
    {
        string line = InstalledTool.Run("list", InstalledTool.Sample("HelloPackage")).Succeeds().Output;

        string[] fields = line.TrimEnd('\n').Split('\t');
        CollectionAssert.AreEqual(new[] { "HelloPackage.dll", "HelloPackage" }, fields[..2]);
        Assert.AreEqual("4", fields[3], "mypkg, mypkg.__main__, mypkg.core, mypkg.utils");
        Assert.AreEqual("1", fields[9]);
    }

    [TestMethod]
    public void The_importer_is_listed_by_its_resource()
    {
        string line = InstalledTool.Run("list", InstalledTool.Built("PyEmbed", "PyEmbed.dll")).Succeeds().Output;

        Assert.StartsWith("PyEmbed.dll\tpyembed\t", line);
    }

    [TestMethod]
    public void Names_cannot_reach_the_terminal()
    {
        byte[] archive = SampleAssembly.Archive("evil\u001b[31m\u202e", Files);
        string path = Path.Combine(InstalledTool.NewFolder(), "evil.zip");
        File.WriteAllBytes(path, archive);

        Assert.StartsWith("-\tevil\\u001b[31m\\u202e\t5\t", InstalledTool.Run("list", path).Succeeds().Output);
    }
}
