using System.Diagnostics;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

/// <summary>What PyEmbedPython, PyEmbedBytecode, PyEmbedOptimize, PyEmbedSource and PyEmbedCompression make of a tree.</summary>
[TestClass]
public sealed class CompileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public CompileTests()
    {
        _folder.Write("project/py/mypkg/__init__.py", "'''My package.'''\n");
        _folder.Write("project/py/mypkg/core.py", "'''Core.'''\nassert __debug__, 'never seen'\ndef main():\n    '''Runs.'''\nVALUE = (main.__doc__, __debug__, __doc__)\n");
        _folder.Write("project/py/mypkg/data.txt", string.Concat(Enumerable.Repeat("data that repeats itself\n", 100)));
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Each_version_gets_bytecode_that_it_runs(bool named)
    {
        (string one, string other) = TestPythons.TwoMinors();
        CollectOptions options = named
            ? new() { Python = $"{TestPythons.ByMinor[other]};{TestPythons.ByMinor[one]}" }
            : new() { Bytecode = $"{one};{other}" };

        Run(options);

        Assert.IsEmpty(Manifest().Diagnostics);
        CollectionAssert.AreEquivalent(new[] { Name("__init__", one), Name("__init__", other), Name("core", one), Name("core", other) }, CacheOf("mypkg"));
        foreach (string minor in new[] { one, other })
        {
            Assert.AreEqual("('Runs.', True, 'Core.')", Execute(minor, "mypkg/__pycache__/" + Name("core", minor)));
        }

        Assert.IsTrue(Run(options).WasCurrent);
    }

    [TestMethod]
    public void Found_takes_every_version_there_is()
    {
        Run(new CollectOptions { Bytecode = "found" });

        CollectionAssert.AreEquivalent(TestPythons.ByMinor.Keys.Select(minor => Name("core", minor)).ToArray(), CacheOf("mypkg").Where(name => name.StartsWith("core", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void A_version_without_an_interpreter_is_named_with_those_that_there_are()
    {
        string minor = TestPythons.ByMinor.Keys.First();

        ManifestDiagnostic problem = Assert.ContainsSingle(Run(new CollectOptions { Bytecode = $"{minor};3.99" }).Blocking);

        Assert.AreEqual("PYE1014", problem.Id);
        StringAssert.Contains(problem.Message, "CPython 3.99, for which there is no interpreter");
        StringAssert.Contains(problem.Message, $"{minor} ('{TestPythons.ByMinor[minor]}')");
        StringAssert.Contains(problem.Message, "python3.99 on PATH");
        Assert.AreEqual("PYE1014", Assert.ContainsSingle(Run(new CollectOptions { Bytecode = $"{minor};3.99" }).Blocking).Id, "a failed build fails again");
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("3.14", "")]
    [DataRow("3.12;3.14", "")]
    [DataRow("3.13", "")]
    [DataRow("no/such/python", "")]
    [DataRow("", "3.14")]
    [DataRow("3.12", "3.12;3.13")]
    public void An_interpreter_that_is_not_there_is_named_with_all_that_are(string python, string bytecode)
    {
        WriteInterpreter("python3", "3.10.2");
        WriteInterpreter("python3.10", "3.10.2");
        WriteInterpreter("python3.12", "3.12.1");
        WriteProgram("python3.13", "echo 'not installed' >&2\nexit 127\n");

        ManifestDiagnostic problem = Assert.ContainsSingle(Run(new CollectOptions { Python = python, Bytecode = bytecode }, _folder["bin"]).Blocking);

        Assert.AreEqual("PYE1014", problem.Id);
        StringAssert.Contains(problem.Message, $"found were 3.10 ('{_folder["bin/python3"]}'), 3.12 ('{_folder["bin/python3.12"]}').");
    }

    [TestMethod]
    public void An_interpreter_of_the_list_that_is_not_there_is_named()
    {
        ManifestDiagnostic problem = Assert.ContainsSingle(Run(new CollectOptions { Python = $"{TestPythons.Default};no/such/python" }).Blocking);

        Assert.AreEqual("PYE1014", problem.Id);
        StringAssert.Contains(problem.Message, "PyEmbedPython 'no/such/python' cannot be used");
    }

    [TestMethod]
    public void A_file_that_another_version_cannot_compile_is_a_warning_and_stays_a_source()
    {
        (string old, string young) = TestPythons.TwoMinors();
        if (young is "3.9" or "3.10")
        {
            Assert.Inconclusive($"This test needs a CPython that knows except*, 3.11 or newer; found was {young}.");
        }

        _folder.Write("project/py/mypkg/young.py", "def f():\n    try:\n        pass\n    except* ValueError:\n        pass\n");

        Run(new CollectOptions { Python = TestPythons.ByMinor[young], Bytecode = $"{old};{young}", Source = "Strip" });

        ManifestDiagnostic problem = Assert.ContainsSingle(Manifest().Diagnostics);
        Assert.AreEqual(("PYE1025", ManifestSeverity.Warning, _folder["project/py/mypkg/young.py"], 4), (problem.Id, problem.Severity, problem.File, problem.Line));
        StringAssert.Contains(problem.Message, $"CPython {old} cannot compile it");
        CollectionAssert.AreEqual(new[] { "data.txt", "young.py" }, Files("mypkg"));
        CollectionAssert.Contains(CacheOf("mypkg"), Name("young", young));
        CollectionAssert.DoesNotContain(CacheOf("mypkg"), Name("young", old));
    }

    [TestMethod]
    [DataRow(1, "('Runs.', False, 'Core.')")]
    [DataRow(2, "(None, False, None)")]
    public void Optimised_bytecode_is_named_as_cpython_names_it_and_docstrings_are_known_all_the_same(int level, string expected)
    {
        string minor = DefaultMinor();

        Run(new CollectOptions { Optimize = level.ToString(System.Globalization.CultureInfo.InvariantCulture) });

        string name = Name("core", minor, $".opt-{level}");
        CollectionAssert.Contains(CacheOf("mypkg"), name);
        Assert.AreEqual(expected, Execute(minor, "mypkg/__pycache__/" + name));
        Assert.AreEqual(level, Archive().Info.Optimize);
        CollectionAssert.AreEqual(new[] { "My package.", "Core." }, Manifest().Modules.Select(module => module.Docstring).ToArray());
    }

    [TestMethod]
    public void Stripped_trees_hold_no_sources_and_say_for_which_versions_they_are()
    {
        _folder.Write("project/py/bad.py", "def\n");
        _folder.Write("project/py/place.py", "x = __file__\n");

        Run(new CollectOptions { Source = "strip" });

        ArchiveReader archive = Archive();
        CollectionAssert.AreEqual(new[] { "bad.py" }, Files(""));
        CollectionAssert.AreEqual(new[] { "data.txt" }, Files("mypkg"));
        CollectionAssert.AreEqual(new[] { "cpython-" + DefaultMinor().Replace(".", "") }, archive.Info.Stripped!.ToArray());
        CollectionAssert.AreEqual(new[] { "place.py" }, archive.Info.FileUsers!.Keys.ToArray());
        Assert.AreEqual("PYE1001", Assert.ContainsSingle(Manifest().Diagnostics).Id);
        Assert.HasCount(4, Manifest().Modules);
        Run();
        Assert.IsNull(Archive().Info.Stripped);
        CollectionAssert.Contains(Files("mypkg"), "core.py");
    }

    [TestMethod]
    public void Stripping_needs_bytecode()
    {
        ManifestDiagnostic none = Assert.ContainsSingle(Run(new CollectOptions { Source = "Strip", Bytecode = "none" }).Blocking);
        ManifestDiagnostic noPython = Assert.ContainsSingle(Run(new CollectOptions { Source = "Strip" }, _folder["nowhere"]).Blocking);

        Assert.AreEqual(("PYE1014", "PYE1014"), (none.Id, noPython.Id));
        StringAssert.Contains(none.Message, "leaves only bytecode");
        StringAssert.Contains(noPython.Message, "no Python to make it");
    }

    [TestMethod]
    public void Deflated_archives_hold_the_same_tree()
    {
        Run();
        string hash = Archive().Hash;
        long stored = new FileInfo(_folder["obj/App.zip"]).Length;

        Run(new CollectOptions { Compression = "Deflate" });

        ArchiveReader archive = Archive();
        Assert.AreEqual(hash, archive.Hash);
        Assert.IsLessThan(stored, new FileInfo(_folder["obj/App.zip"]).Length);
        Assert.IsTrue(archive.TryFind("mypkg/data.txt", out ArchiveRecord record));
        Assert.AreEqual(ArchiveRecordKind.Deflated, record.Kind);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("project/.python-version", true)]
    [DataRow("elsewhere", false)]
    public void The_interpreter_behind_a_script_is_the_one_that_it_starts_now(string choice, bool known)
    {
        (string one, string other) = TestPythons.TwoMinors();
        string script = _folder.Write("bin/python3", $"#!/bin/sh\nread -r python <'{_folder[choice]}'\nexec \"$python\" \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        _folder.Write(choice, TestPythons.ByMinor[one] + "\n");
        Run(searchPath: _folder["bin"]);
        CollectionAssert.Contains(CacheOf("mypkg"), Name("core", one));

        _folder.Write(choice, TestPythons.ByMinor[other] + "\n");
        if (!known)
        {
            // Nothing that a build looks at tells of it; the next time that it starts the script, it notices.
            Assert.IsTrue(Run(searchPath: _folder["bin"]).WasCurrent);
            _folder.Write("project/py/mypkg/more.py", "");
        }

        Run(searchPath: _folder["bin"]);

        CollectionAssert.Contains(CacheOf("mypkg"), Name("core", other));
        CollectionAssert.DoesNotContain(CacheOf("mypkg"), Name("core", one));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("pipe.py")]
    [DataRow("pipe.txt")]
    [Timeout(60_000, CooperativeCancellation = false)]
    public void A_pipe_does_not_hang_the_build(string name)
    {
        string path = _folder["project/py/" + name];
        using (Process mkfifo = Process.Start("mkfifo", [path]))
        {
            mkfifo.WaitForExit();
        }

        ManifestDiagnostic problem = Assert.ContainsSingle(Run().Blocking);

        Assert.AreEqual(("PYE1010", path), (problem.Id, problem.File));
        StringAssert.Contains(problem.Message, "not a regular file");
    }

    private static string Name(string module, string minor, string level = "") => $"{module}.cpython-{minor.Replace(".", "")}{level}.pyc";

    private static string DefaultMinor() => TestPythons.ByMinor.Single(python => python.Value == DefaultExecutable()).Key;

    private static string DefaultExecutable() => Output(TestPythons.Default, "import sys; print(sys.executable)");

    private static string Output(string python, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, ["-I", "-S", "-c", program, .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        return output;
    }

    private void WriteInterpreter(string name, string version) =>
        WriteProgram(name, $"printf 'python\\tcpython\\t{version}\\tx\\t\\tx\\nstdlib\\n'\n");

    private void WriteProgram(string name, string script)
    {
        string path = _folder.Write("bin/" + name, "#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What bytecode of the archive makes of VALUE.</summary>
    private string Execute(string minor, string path)
    {
        ArchiveReader archive = Archive();
        Assert.IsTrue(archive.TryFind(path, out ArchiveRecord record), path);
        string file = _folder.Write("out.pyc", archive.Read(record));
        const string Program = "import marshal, sys; names = {'__name__': 'm', '__doc__': None}; exec(marshal.loads(open(sys.argv[1], 'rb').read()[16:]), names); print(names['VALUE'])";
        return Output(TestPythons.ByMinor[minor], Program, file);
    }

    private string[] Files(string folder) => Archive().ReadFolder(folder).Where(record => record.Kind != ArchiveRecordKind.Folder).Select(record => record.Name).ToArray();

    private string[] CacheOf(string folder) => Files(folder + "/__pycache__");

    private CollectResult Run(CollectOptions? options = null, string? searchPath = null) =>
        new Collector(Options(options ?? new CollectOptions()), searchPath ?? TestPythons.SearchPath, searchPath is null ? TestPythons.PyenvRoot : null).Run(CancellationToken.None);

    private CollectOptions Options(CollectOptions options) => options with
    {
        ProjectDirectory = _folder["project"],
        ProjectFile = _folder["project/App.csproj"],
        OutputDirectory = _folder["obj"],
        CacheDirectory = _folder["cache"],
        AssemblyName = "App",
        Packages = [new PackageItem(_folder["project/py"])],
    };

    private BuildManifest Manifest() => ManifestTextReader.Read(File.ReadAllText(_folder["obj/PyEmbed.manifest"]));

    private ArchiveReader Archive() => ArchiveReader.Open(new MemoryStream(File.ReadAllBytes(_folder["obj/App.zip"])), "App.zip");
}
