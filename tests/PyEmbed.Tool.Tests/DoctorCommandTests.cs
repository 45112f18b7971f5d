using System.Text.Json;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class DoctorCommandTests
{
    [TestMethod]
    public void It_tells_each_place_and_what_would_be_used()
    {
        string[] lines = InstalledTool.Run("doctor").Succeeds().Output.TrimEnd('\n').Split('\n');

        string[][] fields = [.. lines.Select(line => line.Split('\t'))];
        Assert.IsTrue(Array.TrueForAll(fields, line => line.Length == 3 && line[0] is "ok" or "-"), string.Join('\n', lines));
        string library = fields.Single(line => line[1] == "library")[2];
        Assert.IsTrue(File.Exists(library), library);
        Assert.AreEqual($"its library is {library}", fields.First(line => line[0] == "ok")[2]);
        Assert.IsTrue(Directory.Exists(fields.Single(line => line[1] == "standard library")[2]));
        StringAssert.Matches(fields.Single(line => line[1] == "version")[2], new(@"^3\.\d+\.\d+"));
    }

    [TestMethod]
    public void Json_has_the_same()
    {
        using JsonDocument document = JsonDocument.Parse(InstalledTool.Run("doctor", "--json").Succeeds().Output);

        Assert.IsTrue(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.AreEqual(JsonValueKind.Null, document.RootElement.GetProperty("install").ValueKind);
        Assert.IsTrue(document.RootElement.GetProperty("findings").EnumerateArray().Any(finding => finding.GetProperty("subject").GetString() == "library" && finding.GetProperty("ok").GetBoolean()));
    }

    [TestMethod]
    public void Trees_are_held_against_what_would_run_them()
    {
        string folder = InstalledTool.NewFolder();
        byte[] archive = SampleAssembly.Archive("my", [("my/__init__.py", "")]);
        string good = new SampleAssembly("Good").With("my", archive, requirements: "never-heard-of; python_version < '3'").Save(folder);
        string bad = new SampleAssembly("Bad").With("my", archive, minimumPython: "3.99", requirements: "never-heard-of>=2").Save(folder);

        InstalledTool.Run("doctor", good).Succeeds().Says("ok\trequirement of assembly:/Good.dll/my.zip\tnever-heard-of; python_version < '3': not needed here")
            .Says("-\tbytecode of assembly:/Good.dll/my.zip\tthere is none for cpython-3");
        InstalledTool.Run("doctor", bad).Exits(1).Says("no\trequirement of assembly:/Bad.dll/my.zip\tnever-heard-of>=2: never-heard-of is not installed")
            .Says("no\tminimum version of assembly:/Bad.dll/my.zip\t3.99");
        InstalledTool.Run("doctor", InstalledTool.Sample("HelloPackage")).Succeeds().Says("bytecode of assembly:/HelloPackage.dll/HelloPackage.zip");
        InstalledTool.Run("doctor", Path.Combine(folder, "gone.dll")).Exits(3);
    }

    [TestMethod]
    public void What_is_named_and_cannot_be_used_is_explained()
    {
        ProcessResult result = InstalledTool.RunIn(new Dictionary<string, string?> { ["PYEMBED_LIBRARY"] = "/nowhere/libpython3.11.so" }, "doctor").Exits(5);

        Assert.Contains("-\tPYEMBED_LIBRARY=/nowhere/libpython3.11.so\tthere is no such file\n", result.Output);
        Assert.Contains("no\tCPython\tThe CPython named by PYEMBED_LIBRARY cannot be used", result.Output);
        InstalledTool.Run("doctor", "--python", "/nowhere").Exits(5).Says("no\t--python=/nowhere\tThere is no '/nowhere'");
        InstalledTool.Run("doctor", "--python", InstalledTool.Command).Exits(5).Says($"no\t--python={InstalledTool.Command}\tThe CPython of '{InstalledTool.Command}' cannot be used: it did not describe itself");
        string folder = InstalledTool.NewFolder();
        InstalledTool.Run("doctor", "--python", folder).Exits(5).Says("no\tCPython\tThe CPython named by --python").DoesNotSay("PythonOptions");
        using JsonDocument document = JsonDocument.Parse(InstalledTool.Run("doctor", "--json", "--python", "/nowhere").Exits(5).Output);
        Assert.IsFalse(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.HasCount(1, document.RootElement.GetProperty("findings").EnumerateArray().ToArray());
    }

    [TestMethod]
    public void What_is_no_interpreter_does_not_repeat_the_question()
    {
        if (!File.Exists("/bin/ls"))
        {
            Assert.Inconclusive("There is no /bin/ls.");
        }

        InstalledTool.Run("doctor", "--python", "/bin/ls").Exits(5).Says("it did not describe itself").DoesNotSay("sys.base_prefix");
    }

    [TestMethod]
    public void A_library_that_is_none_is_told()
    {
        string library = Path.Combine(InstalledTool.NewFolder(), OperatingSystem.IsWindows() ? "python311.dll" : "libpython3.11.so.1.0");
        File.WriteAllText(library, new string('x', 100));

        InstalledTool.Run("doctor", "--python", library).Exits(5).Says($"-\t--python={library}\tit is no shared library");
    }
}
