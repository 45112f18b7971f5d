using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace PyEmbed.Tests;

/// <summary>Child processes of a .NET process that runs Python: multiprocessing's workers, forked children, subprocesses.</summary>
[TestClass]
public sealed class WorkerTests
{
    // A program as users write it: what workers run is defined in the program itself.
    private const string Pools = """
        import multiprocessing, os, sys
        from concurrent.futures import ProcessPoolExecutor

        class Point:
            def __init__(self, x): self.x = x
            def __eq__(self, other): return isinstance(other, Point) and self.x == other.x

        def move(point, by):
            return Point(point.x + by)

        def where():
            return __name__, __file__, sys.path, 'python' in os.path.basename(sys.orig_argv[0] if hasattr(sys, 'orig_argv') else 'python'), len(os.listdir('/proc/self/task'))

        def fail():
            raise LookupError('in the worker')      # a line to show

        if __name__ == '__main__':
            for method in sys.argv[1:]:
                context = multiprocessing.get_context(method)
                with context.Pool(2) as pool:
                    assert pool.apply(move, (Point(1), 2)) == Point(3)
                    name, file, path, is_python, threads = pool.apply(where)
                    assert (file, path) == (__file__, sys.path), (file, path)
                    assert name == ('__main__' if method == 'fork' else '__mp_main__')
                    assert method == 'fork' or is_python and threads == 1, threads
                    try:
                        pool.apply(fail)
                    except LookupError as error:
                        assert '# a line to show' in str(error.__cause__), error.__cause__
                with ProcessPoolExecutor(4, context) as executor:
                    assert list(executor.map(abs, range(-8, 0))) == list(range(8, 0, -1))
                print(method)
        """;

    [TestMethod]
    [DataRow("spawn", "forkserver", "fork")]
    [DataRow("forkserver", "spawn", "forkserver")]
    public void Workers_are_pythons_that_import_the_trees_and_the_program(params string[] methods)
    {
        using TemporaryFolder cache = new();
        TestHostProcess result = TestHostProcess.Run(Cache(cache), "run", [Pools, .. methods]);
        Assert.AreEqual(0, result.ExitCode, result.ToString());
        Assert.AreEqual(string.Concat(methods.Select(m => m + "\n")), result.Output, result.ToString());
        Assert.AreEqual("", result.Error);
        Assert.HasCount(1, Directory.GetFiles(cache.Path, "*.zip", SearchOption.AllDirectories), "The program has no file: it goes to the extraction directory, PyEmbed's own tree does not.");
    }

    [TestMethod]
    public void The_archive_of_a_file_is_read_where_it_is()
    {
        using TemporaryFolder cache = new();
        string archive = Path.Combine(cache.Path, "app.archive");
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            using StreamWriter writer = new(zip.CreateEntry("app/program.py").Open());
            writer.Write(Pools);
        }

        TestHostProcess result = TestHostProcess.Run(Cache(cache), "archive", archive, "app.program", "spawn", "forkserver");
        Assert.AreEqual("spawn\nforkserver\n", result.Output, result.ToString());
        Assert.IsEmpty(Directory.GetFiles(cache.Path, "*.zip", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow("spawn")]
    [DataRow("forkserver")]
    [DataRow("fork")]
    public void Workers_start_workers_and_may_be_killed(string method)
    {
        TestHostProcess result = TestHostProcess.Run("run", """
            import multiprocessing, os, signal, sys
            from concurrent.futures import ProcessPoolExecutor
            from concurrent.futures.process import BrokenProcessPool

            def double(x):
                return 2 * x

            def nested(method):
                with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as executor:
                    return list(executor.map(double, range(3)))

            def die():
                os.kill(os.getpid(), signal.SIGKILL)

            if __name__ == '__main__':
                method = sys.argv[1]
                with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as executor:
                    print(executor.submit(nested, method).result())
                    try:
                        executor.submit(die).result()
                    except BrokenProcessPool:
                        print('broken')
                process = multiprocessing.get_context(method).Process(target=die)
                process.start()
                process.join()
                print(process.exitcode)
            """, method);
        Assert.AreEqual("[0, 2, 4]\nbroken\n-9\n", result.Output, result.ToString());
        Assert.AreEqual(0, result.ExitCode);
    }

    [TestMethod]
    public void Python_is_given_no_way_into_managed_code_but_that_of_native_modules()
    {
        // What a forked child could call: a function that managed code exports. Everything else is called by managed code.
        // Those of native modules are cut off in a forked child: see NativeProcessTests. The audit hook and that of marshal are there only with capabilities, which deny to fork.
        Assembly assembly = typeof(PythonInterpreter).Assembly;
        IEnumerable<MethodInfo> methods = assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic));
        CollectionAssert.AreEquivalent(
            (string[])["AuditHook.OnEvent", "ImageBytecode.Load", "ManagedReference.Free", "NativeFunction.Call"],
            methods.Where(method => method.IsDefined(typeof(UnmanagedCallersOnlyAttribute))).Select(method => $"{method.DeclaringType!.Name}.{method.Name}").ToArray());

        using PEReader file = new(File.OpenRead(assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        Assert.HasCount(
            1,
            metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name)).Where(name => name == nameof(Marshal.GetFunctionPointerForDelegate)),
            "only for the functions of capabilities");
    }

    [TestMethod]
    public void A_pool_left_open_ends_with_the_process()
    {
        foreach (string scenario in (ReadOnlySpan<string>)["run", "run-without-dispose"])
        {
            TestHostProcess result = TestHostProcess.Run(scenario, """
                import multiprocessing
                def double(x): return 2 * x
                if __name__ == '__main__':
                    pool = multiprocessing.get_context('spawn').Pool(2)
                    print(pool.apply(double, (2,)), flush=True)
                """);
            Assert.AreEqual(0, result.ExitCode, result.ToString());
            Assert.AreEqual("4\n", result.Output, result.ToString());
        }
    }

    [TestMethod]
    public void The_program_of_the_process_is_never_started_as_a_worker()
    {
        // What sys.executable is where another host started CPython on Windows.
        TestHostProcess result = TestHostProcess.Run("run", """
            import os, sys
            sys.executable = os.readlink('/proc/self/exe')
            import multiprocessing
            def program(): return os.path.realpath('/proc/self/exe')
            if __name__ == '__main__':
                with multiprocessing.get_context('spawn').Pool(1) as pool:
                    print(os.path.basename(pool.apply(program)).startswith('python'))
                sys.exec_prefix = sys.base_exec_prefix = '/nowhere'
                try:
                    multiprocessing.get_context('spawn').Process(target=program).start()
                except RuntimeError as error:
                    print(error)
            """);
        Assert.StartsWith("True\nmultiprocessing needs a python program to run its workers; sys.executable, '", result.Output, result.ToString());
    }

    [TestMethod]
    public void Where_another_host_started_Python_workers_are_pythons_too()
    {
        TestHostProcess result = TestHostProcess.Run("attach-run", PythonFixture.Python.Describe().Library!, """
            import multiprocessing
            def double(x): return 2 * x
            if __name__ == '__main__':
                for method in 'spawn', 'forkserver':
                    with multiprocessing.get_context(method).Pool(1) as pool:
                        print(pool.apply(double, (2,)))
            """);
        Assert.AreEqual("4\n4\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void Signals_to_a_forked_child_do_not_reach_its_parent()
    {
        // .NET's handlers write to a pipe that the child shares: SIGTERM would end the parent.
        TestHostProcess result = TestHostProcess.Run("run", """
            import os, signal, time
            for number in signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP:
                if number == signal.SIGINT:
                    signal.signal(number, signal.SIG_DFL)   # Python's, while a program runs
                child = os.fork()
                if child == 0:
                    time.sleep(30)
                    os._exit(1)
                os.kill(child, number)
                assert os.WTERMSIG(os.waitpid(child, 0)[1]) == number
            time.sleep(.5)
            print('still here')
            """);
        Assert.AreEqual("still here\n", result.Output, result.ToString());
        Assert.AreEqual(0, result.ExitCode);
    }

    [TestMethod]
    public void A_forked_child_imports_extracts_and_mounts_without_managed_code()
    {
        using TemporaryFolder cache = new();
        TestHostProcess result = TestHostProcess.Run(Cache(cache), "run", """
            import os
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    import pyembed, json.tool
                    from importlib import resources
                    root = pyembed.mount({'later/__init__.py': '', 'later/data.txt': 'data'})
                    import later
                    with resources.as_file(resources.files('later') / 'data.txt') as path:
                        assert path.read_text() == 'data' and str(path).startswith(root)
                    pyembed.unmount(root)
                    code = 7
                finally:
                    os._exit(code)
            print(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
            """);
        Assert.AreEqual("7\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void A_forked_child_that_returns_to_managed_code_ends_with_a_clear_error()
    {
        TestHostProcess result = TestHostProcess.Run("execute", """
            import os
            child = os.fork()
            if child:
                print(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
            """);
        Assert.AreEqual(0, result.ExitCode, result.ToString());
        Assert.AreEqual("1\n", result.Output);
        StringAssert.StartsWith(result.Error, "RuntimeError: a forked child process returned to .NET code");
    }

    [TestMethod]
    public void Subprocesses_start_by_every_way()
    {
        TestHostProcess result = TestHostProcess.Run("run", """
            import os, subprocess, sys
            say = [sys.executable, '-c', 'print("said")']
            assert subprocess.run(say, capture_output=True, text=True).stdout == 'said\n'
            assert subprocess.run(say, capture_output=True, text=True, preexec_fn=lambda: os.setsid()).stdout == 'said\n'
            child = os.posix_spawn(sys.executable, say, os.environ)
            assert os.waitpid(child, 0)[1] == 0
            # A plain python: it does not see the trees.
            done = subprocess.run([sys.executable, '-m', 'program'], capture_output=True, text=True)
            print(done.returncode, done.stderr.strip().endswith('No module named program'))
            """);
        Assert.AreEqual("said\n1 True\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void A_module_runs_as_a_program_in_a_process_of_its_own()
    {
        string document = File.ReadAllText(Path.Combine(ImporterPythonTests.Root, "docs", "hosting.md"));
        int start = document.IndexOf("```python\n", document.IndexOf("## Child processes", StringComparison.Ordinal), StringComparison.Ordinal) + "```python\n".Length;
        string snippet = document[start..document.IndexOf("```", start, StringComparison.Ordinal)];

        TestHostProcess result = TestHostProcess.Run("execute", $$"""
            import pyembed
            pyembed.mount({'mypkg/__init__.py': '', 'mypkg/tool.py': 'import os; print(__name__, os.getppid() != {{Environment.ProcessId}})'})
            """ + "\n" + snippet + "\ntool.join()\nprint(tool.exitcode)\n");
        Assert.AreEqual("__main__ True\n0\n", result.Output, result.ToString());
    }

    private static Dictionary<string, string?> Cache(TemporaryFolder folder) => new() { ["XDG_CACHE_HOME"] = folder.Path };
}
