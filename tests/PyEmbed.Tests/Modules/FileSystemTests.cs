using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"sys.path finders (filesystem; only when enabled)": what <see cref="PythonOptions.FileSystem"/> turns off.</summary>
[TestClass]
public sealed class FileSystemTests
{
    [TestMethod]
    public void Modules_come_from_mounts_and_the_standard_library_only()
    {
        using TemporaryFolder folder = new();
        folder.Write("on_disk.py", "x = 1");
        Prints($"""
            True ['memory:/mygame/core/player.py'] Ada starts
            True False
            ModuleNotFoundError on_disk
            """, "files=off", $$"""
            import sys, json, asyncio, xml.dom.minidom, email
            from mygame.core import player
            print(all(entry.startswith('memory:/') for entry in sys.path), [player.__spec__.origin], player.Player().start())
            import colorsys
            print(hasattr(colorsys, 'hsv_to_rgb'), hasattr(colorsys, 'shadow'))
            sys.path.insert(0, '{{folder.Path}}')
            sys.modules['mygame'].__path__.append('{{folder.Path}}')
            try: import on_disk
            except ImportError as e: print(type(e).__name__, e.name)
            """);
    }

    [TestMethod]
    public void Options_that_need_it_are_refused()
    {
        foreach ((string option, string name) in new[] { ("path=/tmp", "SearchPaths"), ("venv=/tmp", "VirtualEnvironment") })
        {
            TestHostProcess refused = TestHostProcess.Run("modules", "files=off", option, "pass");
            Assert.AreEqual(3, refused.ExitCode, refused.ToString());
            StringAssert.StartsWith(refused.Output, $"ArgumentException: PythonOptions.{name} names folders to import from, and the file system is off: set PythonOptions.FileSystem to true");
        }
    }

    [TestMethod]
    public void An_active_virtual_environment_was_not_asked_for()
    {
        using TemporaryFolder folder = new();
        string environment = Path.Combine(folder.Path, "venv");
        TestHostProcess made = TestHostProcess.RunProgram(new Dictionary<string, string?>(), PythonFixture.Python.Describe().Executable!, "-m", "venv", "--without-pip", environment);
        Assert.AreEqual(0, made.ExitCode, made.ToString());
        folder.Write($"venv/lib/python3.{PythonFixture.Python.Describe().PythonVersion.Minor}/site-packages/only_here.py", "x = 5");
        Dictionary<string, string?> active = new() { ["VIRTUAL_ENV"] = environment, ["PYEMBED_LIBRARY"] = null, ["PYEMBED_HOME"] = null };
        const string Code = "import importlib.util; print(importlib.util.find_spec('only_here') is not None)";
        Assert.AreEqual("True\n", TestHostProcess.Run(active, "modules", Code).Output);
        TestHostProcess off = TestHostProcess.Run(active, "modules", "files=off", Code);
        Assert.AreEqual("False\n", off.Output, off.ToString());
    }

    [TestMethod]
    public void Nothing_of_a_mount_becomes_a_file()
    {
        using TemporaryFolder folder = new();
        Prints("one PermissionError\nFalse", "files=off", $"store={folder.Path}/store", """
            import os, importlib.resources as resources, mygame
            level = resources.files('mygame') / 'level.txt'
            try: os.fspath(level)
            except PermissionError as e: print(level.read_text(), type(e).__name__)
            print(hasattr(mygame, '__file__'))
            """);
        Assert.IsFalse(Directory.Exists(Path.Combine(folder.Path, "store")));
    }
}
