using System.Text.Json;
using PyEmbed.EndToEnd;
using PyEmbed.Manifest;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class ShowCommandTests
{
    [TestMethod]
    [DataRow("mypkg.core", "mypkg/core.py", false, DisplayName = "a module")]
    [DataRow("mypkg.core", "mypkg/core.py", true, DisplayName = "a module, deflated")]
    [DataRow("mypkg", "mypkg/__init__.py", false, DisplayName = "a package without a byte")]
    [DataRow("mypkg/sub/data/table.csv", "mypkg/sub/data/table.csv", false, DisplayName = "data")]
    [DataRow("mypkg/_fast.cpython-311-x86_64-linux-gnu.so", "mypkg/_fast.cpython-311-x86_64-linux-gnu.so", false, DisplayName = "native code")]
    [DataRow("mypkg/__pycache__/core.cpython-311.pyc", "mypkg/__pycache__/core.cpython-311.pyc", false, DisplayName = "bytecode")]
    public void A_pipe_gets_the_bytes(string name, string path, bool deflate)
    {
        // Long enough that deflating it pays.
        (string Path, byte[] Content)[] files = deflate
            ? [.. SampleFile.Files.Select(file => file.Path == path ? (path, [.. Enumerable.Repeat(file.Content, 50).SelectMany(bytes => bytes)]) : file)]
            : SampleFile.Files;
        string assembly = new SampleAssembly("App").With("mypkg", SampleAssembly.Archive("mypkg", files, deflate)).Save(InstalledTool.NewFolder());
        string copy = Path.Combine(Path.GetDirectoryName(assembly)!, "copy");

        Shell.Run(InstalledTool.Workspace, ["bash", "-c", "\"$0\" show \"$1\" \"$2\" > \"$3\"", InstalledTool.Command, assembly, name, copy]).Succeeds();

        CollectionAssert.AreEqual(files.Single(file => file.Path == path).Content, File.ReadAllBytes(copy));
    }

    [TestMethod]
    [DataRow("mypkg.ns", "namespace package", DisplayName = "a namespace")]
    [DataRow("mypkg._fast", "native code", DisplayName = "native code")]
    [DataRow("mypkg.none", "no module and no file 'mypkg.none'", DisplayName = "nothing")]
    public void What_has_no_source_is_an_answer(string name, string problem)
    {
        ProcessResult result = InstalledTool.Run("show", SampleFile.Assembly(), name).Exits(1).Says(problem);

        Assert.AreEqual("", result.Output);
    }

    [TestMethod]
    public void Source_that_was_left_out_is_said_so()
    {
        TreeInfo info = new("app", TreePlacement.App, MaterializeMode.Auto, null) { Stripped = ["cpython-311"] };
        byte[] archive = SampleAssembly.Archive("app", [("app/__pycache__/core.cpython-311.pyc", SampleFile.Bytecode)], info: info);
        string path = new SampleAssembly("App").With("app", archive).Save(InstalledTool.NewFolder());

        InstalledTool.Run("show", path, "app.core").Exits(1).Says("PyEmbedSource=Strip").Says("app/__pycache__/core.cpython-311.pyc");
        InstalledTool.Run("tree", path).Succeeds().Says("module\tapp.core\t18\tapp/__pycache__/core.cpython-311.pyc");
    }

    [TestMethod]
    public void Info_has_files_hashes_and_versions()
    {
        string output = InstalledTool.Run("show", SampleFile.Assembly(), "mypkg.core", "--info").Succeeds().Output;

        string hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(SampleFile.Bytecode)).ToLowerInvariant();
        Assert.Contains("kind\tmodule\n", output);
        Assert.Contains("origin\tassembly:/App.dll/mypkg.zip\n", output);
        Assert.Contains($"file\tmypkg/__pycache__/core.cpython-311.pyc\t18\t18\t{hash}\t3.11\n", output);
    }

    [TestMethod]
    public void Info_tells_what_becomes_a_file()
    {
        Dictionary<string, FileUse> users = new() { ["app/core.py"] = FileUse.OwnPlace };
        byte[] archive = SampleAssembly.Archive(
            "app", [("app/core.py", "print(__file__)\n"), ("app/plain.py", "")], info: new TreeInfo("app", TreePlacement.App, MaterializeMode.Auto, users));
        string path = new SampleAssembly("App").With("app", archive).Save(InstalledTool.NewFolder());

        InstalledTool.Run("show", path, "app.core", "--info").Succeeds().Says("the data of its package becomes files");
        Assert.Contains("materialize\tit runs from memory\n", InstalledTool.Run("show", path, "app.plain", "--info").Succeeds().Output);
    }

    [TestMethod]
    public void Json_has_text_or_base64()
    {
        string path = SampleFile.Assembly();

        using JsonDocument text = JsonDocument.Parse(InstalledTool.Run("show", "--json", path, "mypkg.core").Succeeds().Output);
        Assert.AreEqual("VALUE = 'é'\r\n", text.RootElement.GetProperty("text").GetString());
        using JsonDocument bytes = JsonDocument.Parse(InstalledTool.Run("show", "--json", path, "mypkg/__pycache__/core.cpython-311.pyc").Succeeds().Output);
        CollectionAssert.AreEqual(SampleFile.Bytecode, bytes.RootElement.GetProperty("base64").GetBytesFromBase64());
    }
}
