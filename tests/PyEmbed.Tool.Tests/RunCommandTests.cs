using System.Diagnostics;
using System.Text;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

/// <summary>Programs out of assemblies, in the command's own process. Each needs a CPython, as every test of the runtime does.</summary>
[TestClass]
public sealed class RunCommandTests
{
    private const string Tells = """
        import sys
        def main(args=None):
            print(__name__, sys.argv[1:], args)
            return 7
        def other():
            print("other", sys.argv)
        """;

    private static readonly (string, string)[] Guarded = [("mypkg/__init__.py", ""), ("mypkg/__main__.py", Tells + "\nif __name__ == '__main__':\n    sys.exit(main())\n"), ("mypkg/tool.py", Tells)];

    [TestMethod]
    public void The_sample_prints_what_the_sample_prints() =>
        InstalledTool.Run("run", InstalledTool.Sample("HelloPackage")).Succeeds().Prints("Hello from utils processed");

    [TestMethod]
    public void A_package_with_a_main_is_run_as_python_runs_it()
    {
        string path = Assembly("App").Save(InstalledTool.NewFolder());

        InstalledTool.Run("run", path, "a", "--", "-b", "--json", "--help").Exits(7).Prints("__main__ ['a', '-b', '--json', '--help'] None");
        InstalledTool.Run("run", path, "-m", "mypkg.tool").Succeeds();
        InstalledTool.Run("run", path, "-m", "mypkg").Exits(7);
    }

    [TestMethod]
    public void Main_comes_before_entry_points_and_these_before_packages()
    {
        string folder = InstalledTool.NewFolder();
        string path = Assembly("App").WithMetadata("PyEmbed.EntryPoint", "Other=mypkg.tool:other").Save(folder);
        InstalledTool.Run("run", path, "x").Succeeds().Prints($"other ['{path}', 'x']");

        path = Assembly("Two").WithMetadata("PyEmbed.EntryPoint", "Other=mypkg.tool:other").WithMetadata("PyEmbed.EntryPoint", "tool-main=mypkg.tool:main").Save(folder);
        ProcessResult several = InstalledTool.Run("run", path).Exits(2);
        Assert.AreEqual($"pyembed: '{path}' has several entry points; name one with --entry-point: Other (mypkg.tool:other), tool-main (mypkg.tool:main).\n", several.Error);
        InstalledTool.Run("run", path, "--entry-point", "tool-main").Exits(7).Prints("mypkg.tool [] None");
        InstalledTool.Run("run", path, "--entry-point", "mypkg.tool:other").Succeeds();

        path = Assembly("Main").WithMetadata("PyEmbed.Main", "mypkg.tool:other").WithMetadata("PyEmbed.EntryPoint", "tool-main=mypkg.tool:main").Save(folder);
        InstalledTool.Run("run", path).Succeeds().Says("other");
        path = Assembly("Module").WithMetadata("PyEmbed.Main", "mypkg").Save(folder);
        InstalledTool.Run("run", path).Exits(7).Says("__main__");
    }

    [TestMethod]
    public void A_program_that_cannot_be_chosen_is_named()
    {
        string folder = InstalledTool.NewFolder();
        string none = new SampleAssembly("None").With("x", SampleAssembly.Archive("x", [("lib.py", "")])).Save(folder);
        string two = new SampleAssembly("Two").With("x", SampleAssembly.Archive("x", [("a/__main__.py", ""), ("b/__main__.py", ""), ("b/c/__main__.py", "")])).Save(folder);

        InstalledTool.Run("run", none).Exits(2).Says("no entry point and no package with a __main__");
        InstalledTool.Run("run", two).Exits(2).Says("name one with -m: a, b.");
        InstalledTool.Run("run", none, "--entry-point", "nope").Exits(1).Says("has no entry point 'nope'");
        InstalledTool.Run("run", none, "--entry-point", "a:b:c").Exits(2).Says("is no entry point");
        InstalledTool.Run("run", none, "-m", "a", "--entry-point", "b").Exits(2).Says("-m and --entry-point cannot be given together");
        InstalledTool.Run("run", "--json", none).Exits(2).Says("--json after --");
        InstalledTool.Run("run", Path.Combine(folder, "gone.dll")).Exits(3);
        Assert.AreEqual("", InstalledTool.Run("run", none, "-m", "nope").Exits(1).Output);
    }

    [TestMethod]
    public void Trees_of_the_assemblies_that_the_application_mounts_are_there()
    {
        string folder = InstalledTool.NewFolder();
        new SampleAssembly("Lib").With("lib", SampleAssembly.Archive("lib", [("lib.py", "NAME = 'library'\n")])).Save(folder);
        string path = new SampleAssembly("App").With("app", SampleAssembly.Archive("app", [("app/__main__.py", "import lib\nprint(lib.NAME, lib.__spec__.loader is not None)\n")])).Save(folder);
        InstalledTool.Run("run", path).Exits(1).Says("ModuleNotFoundError").Says("pyembed: The module 'lib' is in no tree of");

        File.WriteAllText(Path.Combine(folder, "App.runtimeconfig.json"), """{"runtimeOptions": {"configProperties": {"PyEmbed.Assemblies": "App;Lib"}}}""");
        InstalledTool.Run("run", path).Succeeds().Prints("library True");

        File.Delete(Path.Combine(folder, "Lib.dll"));
        InstalledTool.Run("run", path).Exits(3).Says("names the assembly 'Lib'");
    }

    [TestMethod]
    public void A_damaged_tree_runs_nothing()
    {
        byte[] archive = SampleAssembly.Archive("x", [("x/__main__.py", "print('ran')\n")]);
        int indexEnd = BitConverter.ToInt32(archive, archive.Length - 6); // Where the zip's directory begins.
        archive[indexEnd - 25] ^= 0xff;
        string path = new SampleAssembly("Bad").With("x", archive, hash: new string('0', 64)).Save(InstalledTool.NewFolder());

        ProcessResult result = InstalledTool.Run("run", path).Exits(3);
        Assert.AreEqual("", result.Output);
        Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
    }

    [TestMethod]
    public void A_zip_runs_too_and_workers_find_its_trees()
    {
        string path = Path.Combine(InstalledTool.NewFolder(), "app.zip");
        File.WriteAllBytes(path, SampleAssembly.Archive("app",
        [
            ("app/__init__.py", ""), ("app/work.py", "def double(n):\n    return n * 2\n"),
            ("app/__main__.py", "from multiprocessing import get_context\nfrom app.work import double\nif __name__ == '__main__':\n    with get_context('spawn').Pool(1) as pool:\n        print(pool.map(double, [1, 2]))\n"),
        ]));

        InstalledTool.Run("run", path).Succeeds().Prints("[2, 4]");
    }

    [TestMethod]
    public void A_CPython_that_cannot_be_used_is_named()
    {
        string path = Assembly("App").Save(InstalledTool.NewFolder()), nowhere = Path.Combine(InstalledTool.Workspace, "nowhere");

        ProcessResult result = InstalledTool.Run("run", path, "--python", nowhere).Exits(5);
        Assert.Contains(nowhere, result.Error);
        result = InstalledTool.RunIn(new Dictionary<string, string?> { ["PYEMBED_LIBRARY"] = nowhere }, "run", path).Exits(5);
        Assert.AreEqual($"pyembed: The CPython named by PYEMBED_LIBRARY cannot be used: '{nowhere}': there is no such file.\n", result.Error);
    }

    [TestMethod]
    public void Another_CPython_can_be_named()
    {
        string path = new SampleAssembly("App").With("x", SampleAssembly.Archive("x", [("x/__main__.py", "import sys\nprint(sys.version_info[:2], sys.prefix != sys.base_prefix)\n")])).Save(InstalledTool.NewFolder());
        string environment = Path.Combine(InstalledTool.NewFolder(), "env");
        ProcessResult made = Shell.Run(InstalledTool.Workspace, ["python3", "-m", "venv", "--without-pip", environment]);
        if (made.ExitCode != 0)
        {
            Assert.Inconclusive("python3 has no venv here.");
        }

        string version = Shell.Run(InstalledTool.Workspace, ["python3", "-c", "import sys; print(sys.version_info[:2])"]).Succeeds().Output.Trim();
        InstalledTool.Run("run", path, "--python", environment).Succeeds().Prints($"{version} True");
        InstalledTool.Run("run", path, "--python", Path.Combine(environment, "bin", "python3")).Succeeds().Prints($"{version} True");
        InstalledTool.RunIn(new Dictionary<string, string?> { ["VIRTUAL_ENV"] = null }, "run", path).Succeeds().Says("False");
    }

    [TestMethod]
    public void Ctrl_C_is_the_programs()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Signals are sent by kill.");
        }

        string path = new SampleAssembly("App").With("x", SampleAssembly.Archive("x", [("x/__main__.py", "import time\nprint('ready', flush=True)\ntime.sleep(100)\n")])).Save(InstalledTool.NewFolder());
        ProcessStartInfo start = new(InstalledTool.Command, ["run", path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, e) => errors.AppendLine(e.Data);
        process.BeginErrorReadLine();
        Assert.AreEqual("ready", process.StandardOutput.ReadLine());

        Shell.Run(InstalledTool.Workspace, ["sh", "-c", $"kill -INT {process.Id}"]).Succeeds();

        Assert.IsTrue(process.WaitForExit(TimeSpan.FromSeconds(60)), "It did not end.");
        process.WaitForExit();
        Assert.AreEqual(130, process.ExitCode, errors.ToString());
        Assert.Contains("KeyboardInterrupt", errors.ToString());
    }

    private static SampleAssembly Assembly(string name) => new SampleAssembly(name).With("mypkg", SampleAssembly.Archive("mypkg", Guarded));
}
