using System.Globalization;
using PyEmbed.Tests;

namespace PyEmbed.Native.Tests;

/// <summary>Native modules in forked children and at the end of Python and of the process.</summary>
[TestClass]
public sealed class NativeProcessTests
{
    private static readonly Dictionary<string, string?> Buffered = new() { ["PYTHONUNBUFFERED"] = null };

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_forked_child_gets_an_error_instead_of_managed_code()
    {
        TestHostProcess result = TestHostProcess.Run("native", """
            import gc, multiprocessing, os, sys, host
            from host import add
            held = []
            try: host.fail()
            except RuntimeError as error: held.append(error)
            try: host.add('x', 1)
            except TypeError as error: held.append(error)

            def worker(queue):
                seen = []
                for function, arguments, keywords in ((add, (1, 2), {}), (host.add, (), {'a': 1, 'b': 2}), (host.fail, (), {}), (host.call, (print,), {}), (add, (), {})):
                    try:
                        function(*arguments, **keywords)
                    except RuntimeError as error:
                        seen.append(str(error).split()[0] + ('forked' in str(error)) * '!')
                try:
                    import sys; del sys.modules['host']
                    import host as again
                except RuntimeError as error:
                    seen.append('import' + ('forked' in str(error)) * '!')
                # What functions and exceptions keep of .NET goes without .NET.
                held.clear()
                globals().pop('add'), globals().pop('host')
                gc.collect()
                queue.put((seen, globals().get('host')))

            if __name__ == '__main__':
                context = multiprocessing.get_context('fork')
                for _ in range(3):
                    queue = context.Queue()
                    process = context.Process(target=worker, args=(queue,))
                    process.start()
                    print(*queue.get(timeout=30))
                    process.join()
                    print(process.exitcode, add(40, 2), len(held))
            """);
        const string Child = "['host.add()!', 'host.add()!', 'host.fail()!', 'host.call()!', 'host.add()!', 'import!'] None\n0 42 2\n";
        Assert.AreEqual(Child + Child + Child, result.Output, result.ToString());
        Assert.AreEqual(0, result.ExitCode, result.ToString());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_child_that_is_forked_within_a_native_function_ends_when_it_returns_there()
    {
        // Without that variable the child's few managed steps may make the parent crash: docs/hosting.md, Child processes.
        TestHostProcess result = TestHostProcess.Run(new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" }, "native", """
            import os, sys, host
            def fork():
                child = os.fork()
                if child:
                    return os.waitpid(child, 0)[1]
                try: host.add(1, 2)
                except RuntimeError: print('refused', flush=True)
                return 0
            print('status', host.call(fork))
            """);
        Assert.AreEqual("refused\nstatus 256\n", result.Output, result.ToString());
        StringAssert.StartsWith(result.Error, "RuntimeError: a forked child process returned to .NET code");
        Assert.AreEqual(0, result.ExitCode, result.ToString());
    }

    [TestMethod]
    [DataRow("native-exit")]
    [DataRow("native-dispose")]
    public void Threads_that_call_native_functions_do_not_disturb_the_end(string scenario)
    {
        TestHostProcess result = TestHostProcess.Run(scenario, """
            import atexit, host, sys, threading
            def spin():
                try:
                    while True: host.add(1, 2)
                except RuntimeError as error:
                    print(error, flush=True)
            for _ in range(3): threading.Thread(target=spin, daemon=True).start()
            atexit.register(lambda: print('atexit', host.add(40, 2), flush=True))
            """);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "atexit 42\n", result.ToString());
        Assert.AreEqual("", result.Error, result.ToString());
        Assert.AreEqual(
            scenario == "native-exit" ? "" : string.Concat(Enumerable.Repeat("host.add() is .NET code of a host that has stopped Python\n", 3)),
            result.Output["atexit 42\n".Length..], result.ToString());
    }

    [TestMethod]
    [DataRow("{0}()")]
    [DataRow("import threading\nthread = threading.Thread(target={0}, daemon=True)\nthread.start()\nthread.join()")]
    public void A_native_function_that_ends_the_process_lets_others_have_the_GIL_or_the_loss_is_told(string call)
    {
        const string Leftovers = "import atexit, host, sys\natexit.register(sys.stdout.write, 'atexit;')\nsys.stdout.write('buffered;')\n";
        TestHostProcess allowing = TestHostProcess.Run(Buffered, "native", Leftovers + string.Format(CultureInfo.InvariantCulture, call, "host.exit_allowing"));
        Assert.AreEqual("buffered;atexit;", allowing.Output, allowing.ToString());
        Assert.AreEqual("", allowing.Error, allowing.ToString());
        Assert.AreEqual(7, allowing.ExitCode, allowing.ToString());

        TestHostProcess holding = TestHostProcess.Run(Buffered, "native", Leftovers + string.Format(CultureInfo.InvariantCulture, call, "host.exit"));
        StringAssert.StartsWith(holding.Error, "PyEmbed: the process ends while a thread holds Python's GIL", holding.ToString());
        StringAssert.Contains(holding.Error, "AllowThreads");
        Assert.HasCount(2, holding.Error.Split('\n'), holding.ToString());
        Assert.AreEqual(7, holding.ExitCode, holding.ToString());
    }

    [TestMethod]
    public void A_start_refuses_names_of_the_standard_library_and_another_can_follow()
    {
        TestHostProcess result = TestHostProcess.Run("native-refused");
        StringAssert.StartsWith(result.Output, "PythonOptions.NativeModules cannot add 'json'", result.ToString());
        StringAssert.EndsWith(result.Output, "\n[3]\n", result.ToString());
        Assert.AreEqual(7, result.ExitCode, result.ToString());
    }
}
