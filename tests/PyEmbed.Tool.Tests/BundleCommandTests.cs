using System.Text.Json;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class BundleCommandTests
{
    private static readonly string Python = OperatingSystem.IsWindows() ? "python" : "python3";

    [TestMethod]
    public void A_bundle_of_a_folder_runs_under_plain_Python_with_and_without_the_importer()
    {
        string folder = InstalledTool.NewFolder(), bundle = Path.Combine(folder, "b.zip"), importer = Path.Combine(folder, "pyembed.zip"), elsewhere = InstalledTool.NewFolder();
        Write(folder, "src/app/__init__.py", "");
        Write(folder, "src/app/__main__.py", "from app import core\nprint(core.answer(), __file__)\n");
        Write(folder, "src/app/core.py", "import json\ntry:\n    import app_gone\nexcept ImportError:\n    pass\nfrom app import text\ndef answer():\n    return json.dumps(text.x)\ndef more():\n    from app import extra\n    return extra\n");
        Write(folder, "src/app/text.py", "x = 42\n");
        Write(folder, "src/app/extra.py", "");
        Write(folder, "src/app/unused.py", "");
        Write(folder, "data.bin", "the data");
        Write(folder, "rules.txt", "# nothing of it\nrecursive-exclude app\n\ninclude app.extra # but this\n");

        ProcessResult made = InstalledTool.Run(
            "bundle", Path.Combine(folder, "src"), "app.__main__", "app.core", "-o", bundle, "--rules", Path.Combine(folder, "rules.txt"), "--rule", "recursive-include app", "--rule", "exclude app.extra",
            "--data", $"the id={Path.Combine(folder, "data.bin")}").Succeeds();
        made.Prints("module\tapp\t-", "module\tapp.__main__\t-", "module\tapp.core\t-", "module\tapp.text\tapp.core, line 6", "data\tthe id\t-", "left-out\tapp.extra\texclude app.extra");
        Assert.AreEqual("pyembed: app.core, line 3: imports app_gone, which was not found here and does not travel\n", made.Error.ReplaceLineEndings("\n"));
        Write(elsewhere, "empty/app_is_not_here.txt", "");

        ProcessResult plain = Shell.Run(elsewhere, [Python, "-S", "-E", "-m", "app"], new Dictionary<string, string?>()).Fails();
        Assert.Contains("No module named", plain.Error);
        InstalledTool.Run("verify", bundle).Succeeds().Prints("");
        InstalledTool.Run("show", bundle, "app.text").Succeeds().Prints("x = 42");
        InstalledTool.Run("bundle", folder, "pyembed.*", "-o", importer).Succeeds();
        ProcessResult there = RunOn(elsewhere, importer, "-m", "pyembed", bundle, "-m", "app").Succeeds();
        Assert.EndsWith("src/app/__main__.py", there.Output.TrimEnd().Replace('\\', '/'));
        Assert.Contains($"{elsewhere}{Path.DirectorySeparatorChar}.pyembed", there.Output);
        RunOn(elsewhere, importer, "-c", $"import pyembed; pyembed.mount({JsonSerializer.Serialize(bundle)}); print(pyembed.get_data('the id'))").Succeeds().Prints("b'the data'");

        string report = Path.Combine(folder, "report.json"), rest = Path.Combine(folder, "rest.zip");
        File.WriteAllText(report, RunOn(elsewhere, importer, "-m", "pyembed", "report", bundle).Succeeds().Output);
        InstalledTool.Run("bundle", Path.Combine(folder, "src"), "app.core", "app.unused", "-o", rest, "--report", report).Succeeds()
            .Prints("module\tapp.extra\tapp.core, line 10", "module\tapp.unused\t-", "left-out\tapp\ton B", "left-out\tapp.core\ton B", "left-out\tapp.text\ton B");
        CollectionAssert.AreEqual(new[] { "empty" }, Directory.GetFileSystemEntries(elsewhere).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void An_assembly_is_bundled_with_all_that_is_said_of_its_modules()
    {
        string folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "b.zip");
        Write(folder, "win.py", "import winreg\n");

        JsonElement document = Json(InstalledTool.Run(
            "bundle", InstalledTool.Sample("HelloPackage"), "mypkg.core", "mypkg.win", "-o", file, "--json", "--source", $"mypkg.win={Path.Combine(folder, "win.py")}",
            "--require-system", "mypkg.win=builtins:dict", "--require-modules", "mypkg.core=os:getpid"));

        CollectionAssert.AreEqual(new[] { "mypkg", "mypkg.core", "mypkg.utils", "mypkg.win" }, document.GetProperty("modules").EnumerateArray().Select(item => item.GetProperty("name").GetString()).ToArray());
        Assert.AreEqual(
            """[{"module":"mypkg.core","system":null,"modules":"os:getpid"},{"module":"mypkg.win","system":"builtins:dict","modules":null}]""",
            JsonSerializer.Serialize(document.GetProperty("requirements")));
        Assert.AreEqual(new FileInfo(file).Length, document.GetProperty("bytes").GetInt64());
        Shell.Run(folder, [Python, "-S", "-E", "-c", $"import sys; sys.path.insert(0, {JsonSerializer.Serialize(file)}); import mypkg.core; print(mypkg.core.process())"]).Succeeds().Prints("Hello from utils processed");
    }

    [TestMethod]
    public void What_has_no_line_or_no_name_is_said_so()
    {
        string folder = InstalledTool.NewFolder();
        Write(folder, "plug.py", "import importlib\ndef load(name):\n    return importlib.import_module(name)\n");
        Write(folder, "asks.py", "def holds():\n    return True\n");

        ProcessResult made = InstalledTool.Run("bundle", folder, "plug", "-o", Path.Combine(folder, "b.zip"), "--require-system", "plug=asks:holds").Succeeds();

        made.Prints("module\tasks\tplug", "module\tplug\t-");
        Assert.AreEqual("pyembed: plug, line 3: imports a module by a name that is computed, which does not travel unless something else needs it\n", made.Error.ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void What_is_wrong_is_said_in_one_line_and_nothing_is_written()
    {
        string folder = InstalledTool.NewFolder();
        Write(folder, "a.py", "import a_needs_this\n");
        Write(folder, "fine.py", "");
        Write(folder, "raises.py", "raise RuntimeError('not today')\n");
        Write(folder, "r.txt", "exclude b\ndrop a\n");
        Write(folder, "report.json", "no JSON");
        string r = Path.Combine(folder, "r.txt"), report = Path.Combine(folder, "report.json");
        foreach ((int code, string says, string[] arguments) in new (int, string, string[])[]
        {
            (3, $"{r}: line 2, 'drop a', has the action 'drop'", ["a", "--rules", r]),
            (3, "--rule: rule 1, 'exclude ..', ", ["a", "--rule", "exclude .."]),
            (3, "a_needs_this", ["a"]),
            (3, "has no 'f'", ["raises:f"]),
            (3, "has failed: RuntimeError: not today", ["fine", "--require-system", "fine=raises:f"]),
            (3, "nothing_like_it", ["nothing_like_it"]),
            (3, $"{report}: this is no JSON", ["a", "--report", report]),
            (3, "There is no file", ["a", "--data", "id=none.bin"]),
            (2, "--data 'none' has not the form ID=FILE", ["a", "--data", "none"]),
            (3, "--require-system a=x: ", ["a", "--require-system", "a=x"]),
            (2, "Required argument missing", []),
            (4, "is there already", ["a", "-o", r]),
            (2, "choose one of them", ["a", "-o", "-", "--json"]),
        })
        {
            string[] output = arguments.Contains("-o") ? [] : ["-o", Path.Combine(folder, "out.zip")];
            ProcessResult result = InstalledTool.Run(["bundle", folder, .. arguments, .. output]).Exits(code).Says(says);
            Assert.AreEqual(1, result.Error.TrimEnd().Split('\n').Length, result.Error);
        }

        string cut = Path.Combine(folder, "cut.zip");
        File.WriteAllBytes(cut, [(byte)'P', (byte)'K', 3, 4, .. new byte[5000]]);
        InstalledTool.Run("bundle", cut, "a", "-o", Path.Combine(folder, "out.zip")).Exits(3).Says($"{cut}: no modules can be taken from it: ");
        Assert.IsFalse(File.Exists(Path.Combine(folder, "out.zip")));
    }

    private static JsonElement Json(ProcessResult result) => JsonDocument.Parse(result.Succeeds().Output).RootElement;

    private static ProcessResult RunOn(string folder, string path, params string[] arguments) =>
        Shell.Run(folder, [Python, "-S", .. arguments], new Dictionary<string, string?> { ["PYTHONPATH"] = path });

    private static void Write(string folder, string path, string content)
    {
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
