using PyEmbed.Discovery;

namespace PyEmbed.Tests;

/// <summary>Discovery on made-up machines: scripts that answer as interpreters do, files with the header of a library.</summary>
[TestClass]
public sealed class PythonLocatorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [TestMethod]
    public void The_interpreter_on_PATH_leads_to_its_library()
    {
        using FakeMachine machine = new();
        string library = machine.Library("py/lib/libpython3.11.so.1.0");
        string python = machine.Interpreter("bin/python3", "3.11.4", "py");
        PythonInstallation found = machine.Find();
        Assert.AreEqual(library, found.Library);
        Assert.AreEqual(python, found.Executable);
        Assert.IsNull(found.VirtualEnvironment);
    }

    [TestMethod]
    public void An_answer_is_remembered_until_interpreter_or_library_changes()
    {
        using FakeMachine machine = new();
        string library = machine.Library("py/lib/libpython3.11.so.1.0");
        string python = machine.Interpreter("bin/python3", "3.11.4", "py", "echo asked >> \"$0.log\"");
        machine.Find();
        Assert.AreEqual(library, machine.Find().Library);
        Assert.AreEqual(1, File.ReadAllLines(python + ".log").Length);
        File.SetLastWriteTimeUtc(library, DateTime.UtcNow.AddHours(-1));
        machine.Find();
        Assert.AreEqual(2, File.ReadAllLines(python + ".log").Length);
        File.SetLastWriteTimeUtc(python, DateTime.UtcNow.AddHours(-1));
        machine.Find();
        Assert.AreEqual(3, File.ReadAllLines(python + ".log").Length);
        machine.Variables["PYENV_VERSION"] = "3.12"; // What a shim would choose by.
        machine.Find();
        Assert.AreEqual(4, File.ReadAllLines(python + ".log").Length);
        machine.Folder.Write("work/.python-version", "3.12");
        machine.Find();
        Assert.AreEqual(5, File.ReadAllLines(python + ".log").Length);
    }

    [TestMethod]
    public void A_damaged_or_unwritable_cache_is_ignored()
    {
        using FakeMachine machine = new();
        string library = machine.Library("py/lib/libpython3.11.so.1.0");
        machine.Interpreter("bin/python3", "3.11.4", "py");
        machine.Find();
        string entry = Directory.GetFiles(machine.Cache).Single();
        string text = File.ReadAllText(entry);
        foreach (string damage in (ReadOnlySpan<string>)["", "\0\0\0", text[..(text.Length / 2)], text.Replace(library, "/nowhere/libpython3.11.so.1.0", StringComparison.Ordinal)])
        {
            File.WriteAllText(entry, damage);
            Assert.AreEqual(library, machine.Find().Library);
        }

        Directory.Delete(machine.Cache, recursive: true);
        File.WriteAllText(machine.Cache, "a file where the folder should be");
        Assert.AreEqual(library, machine.Find().Library);
        File.Delete(machine.Cache);
        Assert.AreEqual(library, machine.Find(cache: null).Library);
    }

    [TestMethod]
    [DataRow("3.8.10", "0", "0", "CPython 3.8 is too old: 3.9 or newer is needed")]
    [DataRow("3.13.1", "1", "0", "free-threaded")]
    [DataRow("3.12.1", "0", "1", "debug build")]
    [DataRow("2.7.18", "0", "0", "is not Python 3")]
    public void An_unusable_interpreter_is_named_and_the_next_one_taken(string version, string freeThreaded, string debug, string reason)
    {
        using FakeMachine machine = new();
        string bad = machine.Interpreter("bad/python3", version, "old", freeThreaded: freeThreaded, debug: debug);
        machine.Variables["PATH"] = Path.GetDirectoryName(bad) + ":" + machine.Variables["PATH"];
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        StringAssert.Contains(e.Message, bad);
        StringAssert.Contains(e.Message, reason);
        StringAssert.Contains(e.Message, "apt install");
        string library = machine.Library("py/lib/libpython3.11.so.1.0");
        machine.Interpreter("bin/python3", "3.11.4", "py");
        Assert.AreEqual(library, machine.Find().Library);
    }

    [TestMethod]
    public void An_interpreter_without_shared_library_is_named()
    {
        using FakeMachine machine = new();
        machine.Interpreter("bin/python3", "3.11.4", "py");
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        StringAssert.Contains(e.Message, "linked statically and its shared library libpython3.11.so.1.0 is not installed");
    }

    [TestMethod]
    public void Interpreters_that_do_not_answer_are_passed_over()
    {
        using FakeMachine machine = new();
        string broken = machine.Folder.WriteScript("a/python3", "echo sorry >&2; exit 3");
        string silent = machine.Folder.WriteScript("b/python3", "sleep 100");
        string noise = machine.Folder.WriteScript("c/python3", "echo hello");
        string notProgram = machine.Folder.Write("d/python3", "no program");
        machine.Variables["PATH"] = string.Join(':', ((string[])[broken, silent, noise, notProgram]).Select(Path.GetDirectoryName)) + ":relative";
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(TimeSpan.FromSeconds(1)));
        StringAssert.Contains(e.Message, $"{broken}: it did not describe itself (exit code 3): sorry");
        StringAssert.Contains(e.Message, $"{silent}: it gave no answer within 1 s");
        StringAssert.Contains(e.Message, $"{noise}: it did not describe itself (exit code 0)");
        StringAssert.Contains(e.Message, $"{notProgram}: it cannot be run");
        Assert.IsTrue(e.Searched.Count >= 6);
    }

    [TestMethod]
    public void Nothing_at_all_lists_every_place()
    {
        using FakeMachine machine = new();
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        foreach (string place in (ReadOnlySpan<string>)["PYEMBED_LIBRARY: not set", "PYEMBED_HOME: not set", "VIRTUAL_ENV: not set", "PATH: no python3", "loader folders"])
        {
            StringAssert.Contains(e.Message, place);
        }
    }

    [TestMethod]
    public void A_library_for_another_processor_is_named()
    {
        using FakeMachine machine = new();
        string library = machine.Library("py/lib/libpython3.11.so.1.0", machine: 243);
        machine.Variables["PYEMBED_LIBRARY"] = library;
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        StringAssert.Contains(e.Message, "it is built for an unknown processor");
        machine.Library("py/lib/libpython3.11.so.1.0", machine: 183);
        e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        StringAssert.Contains(e.Message, $"it is built for Arm64, but this process is {System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}");
    }

    [TestMethod]
    [DataRow("libpython3.8.so.1.0", "too old")]
    [DataRow("libpython3.13t.so.1.0", "free-threaded")]
    [DataRow("libpython3.12d.so.1.0", "debug build")]
    [DataRow("libpython3.so", "stable ABI")]
    public void A_library_that_is_named_must_be_usable(string name, string reason)
    {
        using FakeMachine machine = new();
        machine.Variables["PYEMBED_LIBRARY"] = machine.Library(name);
        PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find());
        StringAssert.Contains(e.Message, "PYEMBED_LIBRARY");
        StringAssert.Contains(e.Message, reason);
        e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { Library = machine.Folder.Path + "/" + name }));
        StringAssert.Contains(e.Message, "PythonOptions.Library");

        e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions().WithLibrary(machine.Folder.Path + "/" + name, "another host")));
        StringAssert.Contains(e.Message, "The CPython named by another host cannot be used");
    }

    [TestMethod]
    public void Files_that_are_no_libraries_are_refused()
    {
        using FakeMachine machine = new();
        foreach ((string path, string reason) in ((string, string)[])[("missing.so", "there is no such file"), ("libpython3.11.so", "it is no shared library")])
        {
            if (path != "missing.so")
            {
                machine.Folder.Write(path, new string('x', 100));
            }

            PythonRuntimeNotFoundException e = Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { Library = Path.Combine(machine.Folder.Path, path) }));
            StringAssert.Contains(e.Message, reason);
        }
    }

    [TestMethod]
    public void Options_precede_variables_and_these_the_environment_and_PATH()
    {
        using FakeMachine machine = new();
        string onPath = machine.Library("path/lib/libpython3.9.so.1.0"), inEnvironment = machine.Library("base/lib/libpython3.10.so.1.0"),
            inHome = machine.Library("home/lib/libpython3.11.so.1.0"), named = machine.Library("named/lib/libpython3.12.so.1.0"), option = machine.Library("option/lib/libpython3.13.so.1.0");
        machine.Interpreter("bin/python3", "3.9.1", "path");
        Assert.AreEqual(onPath, machine.Find().Library);
        machine.Folder.Write("venv/pyvenv.cfg", "home = /base/bin\n");
        string interpreter = machine.Interpreter("venv/bin/python3", "3.10.1", "base");
        machine.Variables["VIRTUAL_ENV"] = Path.Combine(machine.Folder.Path, "venv");
        PythonInstallation found = machine.Find();
        Assert.AreEqual(inEnvironment, found.Library);
        Assert.AreEqual(interpreter, found.Executable);
        Assert.AreEqual(machine.Variables["VIRTUAL_ENV"], found.VirtualEnvironment);
        machine.Variables["PYEMBED_HOME"] = Path.Combine(machine.Folder.Path, "home");
        Assert.AreEqual(inHome, machine.Find().Library);
        Assert.AreEqual(machine.Variables["PYEMBED_HOME"], machine.Find().Home);
        machine.Variables["PYEMBED_LIBRARY"] = named;
        Assert.AreEqual(named, machine.Find().Library);
        Assert.AreEqual(option, machine.Find(options: new PythonOptions { Library = option }).Library);
        Assert.AreEqual(inHome, machine.Find(options: new PythonOptions { Home = machine.Variables["PYEMBED_HOME"] }).Library);
        Assert.AreEqual(inEnvironment, machine.Find(options: new PythonOptions { VirtualEnvironment = machine.Variables["VIRTUAL_ENV"] }).Library);
    }

    [TestMethod]
    public void A_library_leads_to_interpreter_and_prefix()
    {
        using FakeMachine machine = new();
        string library = machine.Library("py/lib/libpython3.12.so.1.0");
        machine.Folder.Write("py/lib/python3.12/os.py", "");
        machine.Interpreter("bin/python3", "3.11.2", "");
        Assert.AreEqual(Path.Combine(machine.Folder.Path, "py"), machine.Find(options: new PythonOptions { Library = library }).Home);
        Assert.IsNull(machine.Find(options: new PythonOptions { Library = library }).Executable, "a python3 further up is of another version");
        string python = machine.Interpreter("py/bin/python3.12", "3.12.1", "py");
        PythonInstallation found = machine.Find(options: new PythonOptions { Library = library });
        Assert.AreEqual(python, found.Executable);
        Assert.IsNull(found.Home);
    }

    [TestMethod]
    public void The_loader_folders_come_last_and_give_the_newest()
    {
        using FakeMachine machine = new();
        machine.Library("loader/libpython3.9.so.1.0");
        string newest = machine.Library("loader/libpython3.10.so.1.0");
        machine.Library("loader/libpython3.13.so.1.0", machine: 40);
        Assert.AreEqual(newest, machine.Find().Library);
    }

    [TestMethod]
    public void Each_place_that_was_looked_at_is_told_in_order()
    {
        using FakeMachine machine = new();
        string old = machine.Interpreter("old/python3", "3.8.1", "old");
        string library = machine.Library("py/lib/libpython3.11.so.1.0");
        string python = machine.Interpreter("bin/python3", "3.11.4", "py");
        machine.Variables["PATH"] = Path.GetDirectoryName(old) + ":" + machine.Variables["PATH"];
        PythonLocator locator = machine.Locator(null, null);
        Assert.AreEqual(library, locator.Find(new PythonOptions()).Library);
        CollectionAssert.AreEqual(
            (string[])
            [
                "PYEMBED_LIBRARY: not set", "PYEMBED_HOME: not set", "VIRTUAL_ENV: not set",
                $"{old} (Python 3.8.1): CPython 3.8 is too old: 3.9 or newer is needed", $"{python} (Python 3.11.4): its library is {library}",
            ],
            locator.Steps.Select(step => step.ToString()).ToArray());
        CollectionAssert.AreEqual((bool[])[false, false, false, false, true], locator.Steps.Select(step => step.IsTaken).ToArray());
    }

    [TestMethod]
    [DataRow("apt", "apt install python3 libpython3-dev")]
    [DataRow("dnf", "dnf install python3-libs")]
    [DataRow("brew", "brew install python")]
    public void The_command_that_installs_one_is_of_the_package_manager_that_is_there(string manager, string command)
    {
        using FakeMachine machine = new();
        Assert.IsNull(machine.Locator(null, null).InstallCommand);
        machine.Folder.WriteScript("bin/" + manager, "");
        Assert.AreEqual(command, machine.Locator(null, null).InstallCommand);
        StringAssert.Contains(Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find()).Message, $"'{command}'");
    }

    [TestMethod]
    public void Only_the_library_is_installed_for_the_systems_own_Python()
    {
        using FakeMachine machine = new();
        machine.Folder.WriteScript("bin/apt", "");
        machine.Interpreter("bin/python3", "3.99.0", "/usr");
        PythonLocator locator = machine.Locator(null, null);
        Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => locator.Find(new PythonOptions()));
        Assert.AreEqual("apt install python3 libpython3.99", locator.InstallCommand);
    }

    [TestMethod]
    public void Folders_that_hold_no_Python_are_refused()
    {
        using FakeMachine machine = new();
        string empty = Directory.CreateDirectory(Path.Combine(machine.Folder.Path, "empty")).FullName;
        StringAssert.Contains(Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { Home = empty })).Message, "no CPython library");
        StringAssert.Contains(Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { Home = empty + "/no" })).Message, "no such folder");
        StringAssert.Contains(Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { VirtualEnvironment = empty })).Message, "pyvenv.cfg");
        machine.Folder.Write("empty/pyvenv.cfg", "");
        StringAssert.Contains(Assert.ThrowsExactly<PythonRuntimeNotFoundException>(() => machine.Find(options: new PythonOptions { VirtualEnvironment = empty })).Message, "interpreter is missing");
    }

    [TestMethod]
    [DataRow("libpython3.11.so.1.0", 11, false, false)]
    [DataRow("/usr/lib/libpython3.9.so", 9, false, false)]
    [DataRow("libpython3.13t.so.1.0", 13, true, false)]
    [DataRow("libpython3.13td.so.1.0", 13, true, true)]
    [DataRow("libpython3.12.dylib", 12, false, false)]
    [DataRow("python311.dll", 11, false, false)]
    [DataRow("python313t.dll", 13, true, false)]
    [DataRow("python312_d.dll", 12, false, true)]
    public void Library_names_are_read(string file, int minor, bool freeThreaded, bool debug)
    {
        Assert.IsTrue(LibraryName.TryParse(file, out LibraryName name));
        Assert.AreEqual(new LibraryName(minor, freeThreaded, debug), name);
    }

    [TestMethod]
    [DataRow("libpython3.so")]
    [DataRow("python3.dll")]
    [DataRow("libc.so.6")]
    [DataRow("libpython2.7.so.1.0")]
    public void Other_names_are_not(string file) => Assert.IsFalse(LibraryName.TryParse(file, out _));

    private sealed class FakeMachine : IDisposable
    {
        public FakeMachine()
        {
            Directory.CreateDirectory(Path.Combine(Folder.Path, "work"));
            Variables["PATH"] = Path.Combine(Folder.Path, "bin");
        }

        public TemporaryFolder Folder { get; } = new();

        public Dictionary<string, string> Variables { get; } = [];

        public string Cache => Path.Combine(Folder.Path, "cache");

        public PythonInstallation Find(TimeSpan? limit = null, PythonOptions? options = null) => Find(Cache, limit, options);

        public PythonInstallation Find(string? cache, TimeSpan? limit = null, PythonOptions? options = null)
        {
            return Locator(cache, limit).Find(options ?? new PythonOptions());
        }

        public PythonLocator Locator(string? cache, TimeSpan? limit)
        {
            DiscoveryPlatform platform = DiscoveryPlatform.Create(Variables, [Path.Combine(Folder.Path, "loader")], Path.Combine(Folder.Path, "work"));
            return new PythonLocator(platform, new DiscoveryCache(cache), limit ?? Limit);
        }

        public string Library(string path, int machine = 0)
        {
            byte[] header = new byte[64];
            (byte Class, int Machine) own = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => ((byte)2, 62),
                System.Runtime.InteropServices.Architecture.Arm64 => ((byte)2, 183),
                _ => throw new NotSupportedException("Add this machine's ELF constants."),
            };
            ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', own.Class, 1, 1]).CopyTo(header);
            header[18] = (byte)(machine == 0 ? own.Machine : machine);
            return Folder.Write(path, header);
        }

        public string Interpreter(string path, string version, string prefix, string extra = "", string freeThreaded = "0", string debug = "0")
        {
            string root = Path.Combine(Folder.Path, prefix);
            string minor = string.Join('.', version.Split('.')[..2]);
            (string, string)[] answers =
            [
                ("implementation", "cpython"), ("version", version), ("executable", Path.Combine(Folder.Path, path)), ("base_prefix", root), ("bits", "64"),
                ("debug", debug), ("free_threaded", freeThreaded), ("LDLIBRARY", $"libpython{minor}.so"), ("INSTSONAME", $"libpython{minor}.so.1.0"), ("LIBDIR", root + "/lib"),
            ];
            return Folder.WriteScript(path, extra + "\n" + string.Join('\n', answers.Select(a => $"printf 'pyembed-probe\\t{a.Item1}\\t{a.Item2}\\n'")));
        }

        public void Dispose() => Folder.Dispose();
    }
}
