namespace PyEmbed.Tests;

/// <summary>Starting, attaching and misuse, each in a process of its own.</summary>
[TestClass]
public sealed class StartTests
{
    private static readonly string Library = PythonFixture.Python.Describe().Library!;

    [TestMethod]
    [DataRow("start-twice", "PythonInterpreter.Current")]
    [DataRow("use-after-dispose", "cannot be started again")]
    [DataRow("dispose-holding", "holds the GIL")]
    public void Misuse_is_refused_with_the_remedy(string scenario, string message)
    {
        TestHostProcess result = TestHostProcess.Run(scenario);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.Contains(result.Output, message);
    }

    [TestMethod]
    public void Start_attaches_to_a_CPython_that_another_host_started()
    {
        TestHostProcess result = TestHostProcess.Run("attach", Library);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual("attached /tmp\n0\nno library of ours\n", result.Output);
    }

    [TestMethod]
    public void Attaching_refuses_what_only_a_fresh_start_can_give()
    {
        TestHostProcess result = TestHostProcess.Run("attach-refused", Library);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.Contains(result.Output, "PythonOptions.Home has no effect any more");
    }

    [TestMethod]
    public void Two_copies_of_the_assembly_share_one_importer()
    {
        TestHostProcess result = TestHostProcess.Run("two-copies");
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "True <module 'program'");
        StringAssert.EndsWith(result.Output, "\n1\n");
    }

    [TestMethod]
    public void Arguments_and_search_paths_are_set()
    {
        TestHostProcess result = TestHostProcess.Run("options", "arguments=a,b c", "paths=/one:two", "__import__('sys').argv, __import__('sys').path[-2:]");
        Assert.AreEqual($"(['', 'a', 'b c'], ['/one', '{Environment.CurrentDirectory}/two'])\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void A_wrong_home_is_an_exception_and_not_the_end_of_the_process()
    {
        using TemporaryFolder folder = new();
        TestHostProcess result = TestHostProcess.Run("options", $"library={Library}", $"home={folder.Path}", "1");
        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "PythonRuntimeNotFoundException: ");
        StringAssert.Contains(result.Output, "has no standard library of Python 3.");
    }

    [TestMethod]
    public void A_broken_standard_library_is_an_exception()
    {
        using TemporaryFolder folder = new();
        Version version = PythonFixture.Python.Describe().PythonVersion;
        folder.Write($"lib/python3.{version.Minor}/os.py", "");
        folder.Write($"lib/python3.{version.Minor}/encodings/__init__.py", "1/0");
        TestHostProcess result = TestHostProcess.Run("options", $"library={Library}", $"home={folder.Path}", "1");
        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "InvalidOperationException: CPython did not start");
    }

    [TestMethod]
    public void A_virtual_environment_brings_its_site_packages()
    {
        using TemporaryFolder folder = new();
        string environment = Path.Combine(folder.Path, "venv");
        string executable = PythonFixture.Python.Describe().Executable!;
        TestHostProcess made = TestHostProcess.RunProgram(new Dictionary<string, string?>(), executable, "-m", "venv", "--without-pip", environment);
        Assert.AreEqual(0, made.ExitCode, made.ToString());
        Version version = PythonFixture.Python.Describe().PythonVersion;
        folder.Write($"venv/lib/python3.{version.Minor}/site-packages/only_here.py", "x = 5");
        folder.Write($"venv/lib/python3.{version.Minor}/site-packages/extra.pth", "/from/the/pth\nimport sys; sys.pth_ran = True\n");
        const string Expression = "__import__('only_here').x, __import__('sys').prefix, __import__('sys').base_prefix != __import__('sys').prefix, __import__('sys').pth_ran";
        string expected = $"(5, '{environment}', True, True)\n";
        TestHostProcess byOption = TestHostProcess.Run(Without("PYEMBED_LIBRARY"), "options", $"venv={environment}", Expression);
        Assert.AreEqual(expected, byOption.Output, byOption.ToString());
        TestHostProcess active = TestHostProcess.Run(new Dictionary<string, string?> { ["VIRTUAL_ENV"] = environment, ["PYEMBED_LIBRARY"] = null, ["PYEMBED_HOME"] = null }, "options", Expression);
        Assert.AreEqual(expected, active.Output, active.ToString());
    }

    [TestMethod]
    public void Variables_of_Python_and_the_working_directory_have_no_effect()
    {
        using TemporaryFolder folder = new();
        folder.Write("json.py", "raise SystemExit('the wrong json')");
        folder.Write("startup.py", "raise SystemExit('must not run')");
        TestHostProcess result = TestHostProcess.RunProgram(
            new Dictionary<string, string?> { ["PYTHONPATH"] = folder.Path, ["PYTHONSTARTUP"] = folder.Path + "/startup.py", ["PYTHONHOME"] = "/nowhere", ["PYTHONOPTIMIZE"] = "2" },
            "sh", "-c", "cd \"$0\" && exec \"$@\"", folder.Path, TestHostProcess.Executable, "options", "__import__('json').dumps([1]), __debug__");
        Assert.AreEqual("('[1]', True)\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void No_home_no_language_and_no_writable_cache_are_needed()
    {
        TestHostProcess result = TestHostProcess.Run(
            new Dictionary<string, string?> { ["HOME"] = null, ["LANG"] = null, ["LC_ALL"] = null, ["XDG_CACHE_HOME"] = "/proc/no", ["PYENV_ROOT"] = Environment.GetEnvironmentVariable("PYENV_ROOT") },
            "run", "print('\u00E9t\u00E9')");
        Assert.AreEqual("\u00E9t\u00E9\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void No_Python_is_told_with_the_places_and_the_remedy()
    {
        TestHostProcess result = TestHostProcess.Run(
            new Dictionary<string, string?> { ["PATH"] = "/nonexistent", ["PYEMBED_LIBRARY"] = "/nonexistent/libpython3.11.so", ["VIRTUAL_ENV"] = null }, "options", "1");
        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "PythonRuntimeNotFoundException: The CPython named by PYEMBED_LIBRARY cannot be used: '/nonexistent/libpython3.11.so': there is no such file.");
    }

    private static Dictionary<string, string?> Without(string variable) => new() { [variable] = null };
}
