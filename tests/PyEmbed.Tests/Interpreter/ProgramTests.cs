namespace PyEmbed.Tests;

/// <summary>Programs under RunModule and RunEntryPoint, held against the <c>python</c> command itself.</summary>
[TestClass]
public sealed class ProgramTests
{
    private static readonly string Executable = PythonFixture.Python.Describe().Executable!;

    private static readonly Dictionary<string, string?> NoVariables = [];

    [TestMethod]
    [DataRow("print('out'); import sys; print('err', file=sys.stderr)")]
    [DataRow("import sys; sys.exit(3)")]
    [DataRow("import sys; sys.exit()")]
    [DataRow("import sys; sys.exit('some text')")]
    [DataRow("import sys; sys.exit(-1)")]
    [DataRow("import sys; sys.exit(256 + 5)")]
    [DataRow("import sys; sys.exit(2 ** 40 + 3)")]
    [DataRow("import sys; sys.exit(True)")]
    [DataRow("import sys; sys.exit(1.5)")]
    [DataRow("exit(4)")]
    [DataRow("quit()")]
    [DataRow("import os; os._exit(5)")]
    [DataRow("1/0")]
    [DataRow("def f():\n    raise ValueError('two\\nlines')\ntry:\n    f()\nexcept ValueError as e:\n    raise KeyError('k') from e")]
    [DataRow("raise KeyboardInterrupt")]
    [DataRow("raise SystemExit")]
    [DataRow("x = (")]
    [DataRow("import sys; sys.stdin = None; sys.stdout.write('no newline')")]
    [DataRow("import sys; sys.excepthook = lambda *a: print('hook', a[0].__name__); 1/0")]
    [DataRow("import sys\ndef hook(*a): raise RuntimeError('bad hook')\nsys.excepthook = hook\n1/0")]
    [DataRow("import sys; sys.excepthook = lambda *a: sys.exit(9); 1/0")]
    [DataRow("import atexit; atexit.register(print, 'at exit'); print('before')")]
    [DataRow("import threading, time\ndef f():\n    time.sleep(0.2)\n    print('thread')\nthreading.Thread(target=f).start(); print('main')")]
    [DataRow("import threading\nt = threading.Thread(target=lambda: 1/0, name='worker'); t.start(); t.join()")]
    [DataRow("import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()")]
    [DataRow("import sys; print(sys.argv[1:], __name__, __spec__.name, sys.modules['__main__'].__dict__ is globals())")]
    [DataRow("import threading; print(threading.current_thread() is threading.main_thread())")]
    [DataRow("import sys; sys.stdout.close()")]
    [DataRow("import sys; sys.stdout = None; sys.stderr = None; 1/0")]
    [DataRow("print('\\N{SNOWMAN}')")]
    public void A_program_ends_as_under_python(string code)
    {
        using TemporaryFolder folder = new();
        folder.Write("program.py", code);

        // -E and -s, but not -I: the program lies in the working directory. UTF-8 mode is the host's choice.
        TestHostProcess expected = TestHostProcess.RunProgram(
            NoVariables, "sh", "-c", "cd \"$0\" && exec \"$@\"", folder.Path, Executable, "-E", "-s", "-X", "utf8=1", "-m", "program", "a", "b c");
        TestHostProcess actual = TestHostProcess.Run("run", code, "a", "b c");
        Assert.AreEqual(expected.ExitCode, actual.ExitCode, $"{actual}\nunder python: {expected}");
        Assert.AreEqual(expected.Output, actual.Output);
        Assert.AreEqual(Comparable(expected.Error), Comparable(actual.Error), $"{actual}\nunder python: {expected}");
        TestHostProcess undisposed = TestHostProcess.Run("run-without-dispose", code, "a", "b c");
        Assert.AreEqual(expected.ExitCode, undisposed.ExitCode, undisposed.ToString());
        Assert.AreEqual(expected.Output, undisposed.Output);
    }

    [TestMethod]
    public void A_code_that_no_C_long_can_hold_is_255() =>
        Assert.AreEqual(255, TestHostProcess.Run("run", "import sys; sys.exit(2 ** 80)").ExitCode);

    [TestMethod]
    public void A_missing_module_is_reported_as_under_python()
    {
        TestHostProcess expected = TestHostProcess.RunProgram(NoVariables, Executable, "-I", "-m", "no_such_module");
        TestHostProcess actual = TestHostProcess.Run("run-module", "no_such_module");
        Assert.AreEqual(1, actual.ExitCode);
        Assert.AreEqual(expected.Error.Split(": ", 2)[1], actual.Error.Split(": ", 2)[1]);
    }

    [TestMethod]
    public void Standard_input_reaches_the_program()
    {
        using System.Diagnostics.Process process = TestHostProcess.Start(NoVariables, TestHostProcess.Executable, "run", "import sys; print(input().upper()); print(sys.stdin.read())");
        process.StandardInput.Write("first\nsecond\nthird");
        process.StandardInput.Close();
        Assert.AreEqual("FIRST\nsecond\nthird\n", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
    }

    [TestMethod]
    public void Output_that_nobody_reads_is_an_exception_and_code_120_at_the_end()
    {
        // The reader ends at once; the rest is lost. Small output fails in the last flush, large output in print.
        TestHostProcess small = TestHostProcess.RunProgram(
            NoVariables, "bash", "-c", "(sleep 1; \"$0\" run \"$1\"; echo \"code $?\" >&2) | true", TestHostProcess.Executable, "print('x')");
        StringAssert.Contains(small.Error, "BrokenPipeError");
        StringAssert.Contains(small.Error, "code 120");
        TestHostProcess large = TestHostProcess.RunProgram(
            NoVariables, "bash", "-c", "(sleep 1; \"$0\" run \"$1\"; echo \"code $?\" >&2) | true", TestHostProcess.Executable, "try:\n    print('x' * 10**6)\nexcept BrokenPipeError:\n    import os; os._exit(9)");
        StringAssert.Contains(large.Error, "code 9");
    }

    [TestMethod]
    [DataRow("def main(): return 3", "program:main", 3)]
    [DataRow("def main(): return None", "program:main", 0)]
    [DataRow("def main(): return 'wrong'", "program:main", 1)]
    [DataRow("import sys\ndef main(args): sys.exit(len(args))", "program:main", 2)]
    [DataRow("import sys\ndef main(args, more=1): assert args == sys.argv[1:] == ['a', 'b']", "program:main", 0)]
    [DataRow("import sys\ndef main(args=None): return 5 if args is None else 6", "program:main", 5)]
    [DataRow("def main(*args, **kwargs): return 5 + len(args)", "program:main", 5)]
    [DataRow("def main(*, key=1): return 5", "program : main", 5)]
    [DataRow("class App:\n    def run(self, args): return len(args)\napp = App()", "program:app.run", 2)]
    [DataRow("class App:\n    @classmethod\n    def run(cls, args): return len(args)\n    @staticmethod\n    def plain(): return 8", "program:App.run", 2)]
    [DataRow("class App:\n    @staticmethod\n    def plain(): return 8", "program:App.plain", 8)]
    [DataRow("class App:\n    def __call__(self, args): return len(args)\napp = App()", "program:app", 2)]
    [DataRow("import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a)\n    return g\n@wrap\ndef main(args): return len(args)", "program:main", 2)]
    [DataRow("from functools import partial\nmain = partial(lambda x, args: x + len(args), 4)", "program:main", 6)]
    [DataRow("def main(): 1/0", "program:main", 1)]
    public void An_entry_point_is_called_as_a_console_script_calls_it(string code, string reference, int exitCode)
    {
        TestHostProcess result = TestHostProcess.Run("entry-point", code, reference, "a", "b");
        Assert.AreEqual(exitCode, result.ExitCode, result.ToString());
    }

    [TestMethod]
    public void An_entry_point_that_is_not_there_is_an_uncaught_exception()
    {
        TestHostProcess attribute = TestHostProcess.Run("entry-point", "x = 1", "program:main");
        Assert.AreEqual(1, attribute.ExitCode);
        StringAssert.Contains(attribute.Error, "AttributeError: module 'program' has no attribute 'main'");
        Assert.IsFalse(attribute.Error.Contains("_run.py", StringComparison.Ordinal), attribute.Error);
        TestHostProcess module = TestHostProcess.Run("entry-point", "x = 1", "nothing.here:main");
        Assert.AreEqual(1, module.ExitCode);
        StringAssert.Contains(module.Error, "ModuleNotFoundError: No module named 'nothing'");
    }

    [TestMethod]
    [DataRow("program")]
    [DataRow("program:")]
    [DataRow(":main")]
    [DataRow("a:b:c")]
    public void A_reference_of_another_form_is_refused(string reference)
    {
        ArgumentException e = Assert.ThrowsExactly<ArgumentException>(() => PythonFixture.Python.RunEntryPoint(reference));
        StringAssert.Contains(e.Message, "module:attribute");
    }

    [TestMethod]
    public void A_traceback_begins_with_the_program()
    {
        TestHostProcess result = TestHostProcess.Run("entry-point", "def main():\n    raise ValueError('x')  # here", "program:main");
        string[] lines = result.Error.TrimEnd().Split('\n');
        Assert.AreEqual("Traceback (most recent call last):", lines[0]);
        StringAssert.Contains(lines[1], "program.py\", line 2, in main");
        Assert.AreEqual("    raise ValueError('x')  # here", lines[2]);
        Assert.AreEqual("ValueError: x", lines[^1]);
    }

    [TestMethod]
    public void Each_program_gets_a_main_of_its_own()
    {
        TestHostProcess result = TestHostProcess.Run("run-twice", "left_behind = 1; import sys; sys.exit(1)", "import sys; sys.exit(2 if 'left_behind' not in globals() else 3)");
        Assert.AreEqual(12, result.ExitCode, result.ToString());
    }

    [TestMethod]
    [DataRow("raise ValueError")]
    [DataRow("import sys; sys.exit('some text')")]
    [DataRow("import sys, threading\nt = threading.Thread(target=lambda: 1/0); t.start(); t.join(); sys.exit(1)")]
    [DataRow("class Silent:\n    def __str__(self): raise KeyError\nraise SystemExit(Silent())")]
    [DataRow("import sys; sys.stderr.close(); raise ValueError")]
    public void A_program_whose_errors_cannot_be_written_still_ends_with_code_1(string code)
    {
        TestHostProcess result = TestHostProcess.Run("run", "import io, sys\nclass Broken(io.StringIO):\n    def write(self, text): raise OSError('full')\nsys.stderr = Broken()\n" + code);
        Assert.AreEqual(1, result.ExitCode, result.ToString());
    }

    [TestMethod]
    public void A_forked_child_ends_with_its_program_and_never_enters_managed_code()
    {
        TestHostProcess result = TestHostProcess.Run("run", """
            import atexit, os, sys
            atexit.register(lambda: print('atexit', os.getpid() == parent))
            parent = os.getpid()
            if os.fork() == 0:
                sys.exit(9)
            print(os.WEXITSTATUS(os.wait()[1]))
            """);
        Assert.AreEqual(0, result.ExitCode, result.ToString());
        Assert.AreEqual("atexit False\n9\natexit True\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void A_program_sees_its_source()
    {
        TestHostProcess result = TestHostProcess.Run("run", "import inspect, sys\ndef f():\n    return 'the source'\nprint(inspect.getsource(f))\nprint(sys.argv[0] == __file__)");
        Assert.AreEqual("def f():\n    return 'the source'\n\nTrue\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void Main_tells_of_a_module_what_it_tells_under_python()
    {
        const string Code = "import sys\nsys.told = repr([__name__, __spec__.name, __spec__.origin == __file__ == sys.argv[0], sys.argv[1:], __package__, "
            + "__loader__ is __spec__.loader, __spec__.loader.get_source(__spec__.name)[:6], sys.modules['__main__'].__spec__ is __spec__])";
        using PythonMount mount = PythonFixture.Mount("told", ("told_mod.py", Code), ("told_pkg/__init__.py", ""), ("told_pkg/__main__.py", Code), ("told_pkg/sub.py", Code));
        foreach ((string module, string name, string package) in new[] { ("told_mod", "told_mod", ""), ("told_pkg", "told_pkg.__main__", "told_pkg"), ("told_pkg.sub", "told_pkg.sub", "told_pkg") })
        {
            Assert.AreEqual(0, PythonFixture.Python.RunModule(module, "a", "b"));
            Assert.AreEqual(
                $"['__main__', '{name}', True, ['a', 'b'], '{package}', True, 'import', True]", PythonFixture.Python.Evaluate<string>("__import__('sys').told"));
        }
    }

    [TestMethod]
    public void Main_of_an_entry_point_is_that_of_a_script()
    {
        TestHostProcess result = TestHostProcess.Run("entry-point", """
            def main():
                import sys, os
                main = sys.modules['__main__']
                print(main.__spec__, hasattr(main, '__file__'), os.path.isabs(sys.argv[0]), sys.argv[1:], __name__, __spec__.name)
                print(getattr(sys, 'orig_argv', ['', '', '', 'a'])[-1], os.path.isfile(sys.executable))
            """, "program:main", "a");
        Assert.AreEqual("None False True ['a'] program program\na True\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void Attached_sys_is_the_other_hosts()
    {
        TestHostProcess result = TestHostProcess.Run("attach-run", PythonFixture.Python.Describe().Library!, """
            import sys
            print(__spec__.name, sys.argv[0] == __file__)
            print(getattr(sys, 'orig_argv', []) == [] or 'attach-run' not in sys.orig_argv)
            """);
        Assert.AreEqual("program True\nTrue\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void Sys_describes_the_process()
    {
        TestHostProcess result = TestHostProcess.Run("run", """
            import sys, os, subprocess
            print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.version)'], capture_output=True, text=True).stdout.strip() == sys.version)
            print(getattr(sys, 'orig_argv', [None, 'run'])[1], os.getcwd() not in sys.path, '' not in sys.path)
            print(sys.flags.isolated, sys.flags.utf8_mode, sys.flags.inspect, sys.flags.interactive, sys.warnoptions)
            print(os.path.isfile(os.path.join(sys.prefix, 'lib', 'python%d.%d' % sys.version_info[:2], 'os.py')), sys.prefix == sys.base_prefix)
            print(sys.stdin.encoding, sys.stdout.encoding, sys.getfilesystemencoding())
            """);
        Assert.AreEqual("True\nrun True True\n1 1 0 0 []\nTrue True\nutf-8 utf-8 utf-8\n", result.Output, result.ToString());
    }

    // What differs by nature: the path of the program, python's frames and carets under them, addresses.
    private static string Comparable(string error) => string.Join('\n', error.Split('\n')
        .Where(line => !line.StartsWith("  File \"", StringComparison.Ordinal) && !line.TrimStart().StartsWith("Exception ignored", StringComparison.Ordinal))
        .Where(line => line.Trim().Trim('^', '~').Length > 0)
        .Where(line => !line.Contains("_run_code(code, main_globals", StringComparison.Ordinal) && !line.Contains("exec(code, run_globals)", StringComparison.Ordinal)));
}
