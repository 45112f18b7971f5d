using PyEmbed.Tests;

namespace PyEmbed.Isolates.Tests;

/// <summary>What an isolate runs, what belongs to it, and how it ends.</summary>
[TestClass]
public sealed class IsolateTests
{
    private static PythonInterpreter Python => PythonFixture.Python;

    [TestMethod]
    public void An_isolate_has_mounts_modules_arguments_and_streams_of_its_own()
    {
        using StringWriter output = new(), error = new();
        PythonTree tree = PythonFixture.Tree(
            "isolate-own",
            ("isolate_own/__init__.py", "import sys\ndef main(args): print(sys.argv[1:], args); return 3\n"),
            ("isolate_own/__main__.py", "import sys\nprint('ran', sys.argv[1:]); print('oops', file=sys.stderr); sys.exit(5)\n"));
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Mounts = [tree], Arguments = ["a", "é"], Output = output, Error = error });
        using PythonIsolate other = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });

        Assert.AreEqual("['a', 'é']", isolate.Evaluate<string>("str(__import__('sys').argv[1:])"));
        Assert.AreEqual(5, isolate.RunModule("isolate_own", "x"));
        Assert.AreEqual(3, isolate.RunEntryPoint("isolate_own:main", "y"));
        Assert.AreEqual("ran ['x']\n['y'] ['y']\n", output.ToString());
        Assert.AreEqual("oops\n", error.ToString());
        Assert.IsTrue(isolate.Describe().Modules.Any(module => module.Name == "isolate_own"));
        Assert.HasCount(1, isolate.Describe().Mounts.Where(mount => mount.Root.Contains("isolate-own", StringComparison.Ordinal) || mount.Origin == "isolate-own").ToList());
        foreach (Func<PythonObject> import in (ReadOnlySpan<Func<PythonObject>>)[() => Python.Import("isolate_own"), () => other.Import("isolate_own")])
        {
            Assert.AreEqual("isolate_own", Assert.ThrowsExactly<PythonImportException>(import).Module);
        }
    }

    [TestMethod]
    [DataRow("stdout")]
    [DataRow("stderr")]
    public void A_stream_of_the_host_is_one_of_Python(string name)
    {
        using StringWriter output = new(), error = new();
        StringWriter writer = name == "stdout" ? output : error;
        PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Output = output, Error = error });
        void Writes(string code, string expected)
        {
            isolate.Execute($"import io, sys; stream = sys.{name}\n{code}");
            Assert.AreEqual(expected, writer.ToString(), code);
            writer.GetStringBuilder().Clear();
        }

        Writes($"assert stream is sys.__{name}__ and isinstance(stream, io.TextIOWrapper) and stream.writable() and not stream.isatty()", "");

        // What comes in bytes becomes text, a character also in pieces; the order is that of the writing.
        Writes(@"stream.write('a\n'); stream.buffer.write('\u20ac\n'.encode()); stream.write('\U0001f600')", "a\n€\n😀");
        Writes(@"assert stream.buffer.write(b'\xe2\x82') == 2", "");
        Writes(@"stream.buffer.write(b'\xac')", "€");
        Writes(@"stream.buffer.write(b'a\xffb')", "a\ufffdb");
        Writes(@"stream.write('\udc80')", "\udc80");

        Writes(@"stream.reconfigure(encoding='latin-1', errors='replace', newline='\r\n'); stream.write('\xe9\u20ac\n'); stream.buffer.write(b'\xe9')", "é?\r\né");
        Writes("stream.reconfigure(encoding='utf-8', newline='\\n')", "");
        Writes("""
            for call in stream.fileno, stream.read, stream.seek:
                try:
                    call(*(0,) * (call == stream.seek))
                except io.UnsupportedOperation:
                    continue
                raise AssertionError(call)
            """, "");
        if (name == "stderr")
        {
            Writes("sys.excepthook(KeyError, KeyError('k'), None)", "KeyError: 'k'\n");
        }

        // What code had it hold back comes at a flush, and at the end.
        Writes("stream.reconfigure(write_through=False); stream.write('held')", "");
        Writes("stream.flush()", "held");
        Writes("stream.write('late\\n')", "");
        isolate.Dispose();
        Assert.AreEqual("late\n", writer.ToString());
        Assert.AreEqual("", (name == "stdout" ? error : output).ToString());
    }

    [TestMethod]
    public void The_same_tree_is_mounted_in_several_interpreters()
    {
        PythonTree tree = PythonFixture.Tree("isolate-shared", ("isolate_shared.py", "value = []\n"));
        var options = new PythonIsolateOptions { AutoMount = false, Mounts = [tree] };
        using (PythonIsolate first = Python.CreateIsolated(options))
        {
            first.Execute("import isolate_shared; isolate_shared.value.append(1)");
        }

        using PythonMount mount = Python.Mount(tree);
        using PythonIsolate second = Python.CreateIsolated(options);
        Assert.AreEqual(0, second.Evaluate<int>("len(__import__('isolate_shared').value)"));
        Assert.AreEqual(0, Python.Evaluate<int>("len(__import__('isolate_shared').value)"));
    }

    [TestMethod]
    public void Native_modules_are_built_once_for_each_isolate()
    {
        int built = 0;
        PythonIsolateOptions Options() => new()
        {
            AutoMount = false,
            NativeModules =
            {
                {
                    "isolate_host", module =>
                    {
                        int number = Interlocked.Increment(ref built);
                        module.AddFunction("number", () => number);
                        module.AddFunction("fail", void () => throw new ArgumentException("from C#"));
                        module.AddFunction("call", (PythonObject function) => function.Invoke());
                    }
                },
            },
        };
        using PythonIsolate first = Python.CreateIsolated(Options()), second = Python.CreateIsolated(Options());
        const string number = "__import__('isolate_host').number()";
        Assert.AreEqual(1, first.Evaluate<int>(number));
        Assert.AreEqual(2, second.Evaluate<int>(number));
        Assert.AreEqual(1, first.Evaluate<int>(number));

        PythonException error = Assert.ThrowsExactly<PythonException>(() => first.Execute("import isolate_host; isolate_host.fail()"));
        Assert.AreEqual("ValueError", error.PythonType);
        Assert.IsInstanceOfType<ArgumentException>(error.InnerException);

        // On a thread that Python code has started, which no managed code has seen before.
        first.Execute("""
            import isolate_host, threading
            seen = []
            def run(): seen.append(isolate_host.call(lambda: isolate_host.number()))
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
            assert seen == [1], seen
            """);
        ArgumentException taken = Assert.ThrowsExactly<ArgumentException>(() => Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, NativeModules = { { "json", _ => { } } } }));
        StringAssert.Contains(taken.Message, "'json'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Objects_are_used_in_their_own_interpreter_only()
    {
        using PythonIsolate first = Python.CreateIsolated(), second = Python.CreateIsolated();
        using PythonObject main = Python.Evaluate("[1]"), own = first.Evaluate<PythonObject>("[2]");
        Assert.AreEqual(2, first.Run(_ => own[0].As<int>()));
        foreach (Action use in (ReadOnlySpan<Action>)[() => own.ToString(), () => first.Run(_ => main.ToString()), () => second.Run(_ => own.ToString()), () => Python.Evaluate("len").Invoke(own)])
        {
            InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(use);
            StringAssert.Contains(error.Message, "objects never cross between interpreters", StringComparison.Ordinal);
        }

        // Whoever disposes it, its own thread gives the reference back.
        first.Execute("import sys, weakref\nclass Gone: pass\nsys.gone = Gone()\nsys.watch = weakref.ref(sys.gone)");
        PythonObject held = first.Evaluate<PythonObject>("__import__('sys').gone");
        first.Execute("import sys; del sys.gone");
        Assert.IsFalse(first.Evaluate<bool>("__import__('sys').watch() is None"));
        held.Dispose();
        Assert.IsTrue(first.Evaluate<bool>("__import__('sys').watch() is None"));
    }

    [TestMethod]
    public void The_main_interpreter_is_not_to_be_used_on_a_thread_of_an_isolate()
    {
        using PythonIsolate isolate = Python.CreateIsolated();
        foreach (Action<PythonIsolate> use in (ReadOnlySpan<Action<PythonIsolate>>)[_ => Python.Import("json"), _ => Python.Execute("1"), _ => Python.Dispose(), _ => Python.CreateIsolated(), own => own.Dispose()])
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => isolate.Run(use)).Message, "isolate", StringComparison.Ordinal);
        }

        Assert.AreEqual(4, isolate.Run(own =>
        {
            using IDisposable hold = Python.Hold();
            using (Python.AllowThreads())
            {
                return own.Evaluate<int>("2 + 2");
            }
        }));
    }

    [TestMethod]
    public void Who_waits_for_an_isolate_lets_go_of_the_GIL()
    {
        using IDisposable hold = Python.Hold();
        using PythonIsolate first = Python.CreateIsolated(), second = Python.CreateIsolated();
        Assert.AreEqual(3, first.Evaluate<int>("1 + 2"));
        Assert.AreEqual(7, first.Run(_ =>
        {
            using IDisposable inner = Python.Hold();
            return second.Evaluate<int>("3 + 4");
        }));
        Assert.AreEqual(1, Python.Evaluate<int>("1"));
    }

    [TestMethod]
    public void Exceptions_come_out_with_type_message_and_traceback()
    {
        using PythonIsolate isolate = Python.CreateIsolated();
        PythonException error = Assert.ThrowsExactly<PythonException>(() => isolate.Execute("def f(): raise KeyError('k')\nf()"));
        Assert.AreEqual("KeyError", error.PythonType);
        Assert.AreEqual("f", error.Frames[^1].Function);
        Assert.ThrowsExactly<FormatException>(() => isolate.Run(_ => throw new FormatException()));
        Assert.AreEqual(1.5m, isolate.Evaluate<decimal>("__import__('decimal').Decimal('1.5')"));
    }

    [TestMethod]
    public async Task Cancellation_interrupts_what_runs_and_nothing_else()
    {
        using PythonIsolate isolate = Python.CreateIsolated();
        using CancellationTokenSource source = new();
        using SemaphoreSlim started = new(0);
        Task<int> endless = isolate.RunAsync(own =>
        {
            started.Release();
            own.Execute("while True: pass");
            return 1;
        }, source.Token);
        Task<int> waiting = isolate.RunAsync(own => own.Evaluate<int>("1"), source.Token), next = isolate.RunAsync(own => own.Evaluate<int>("sum(range(1000))"));
        await started.WaitAsync();
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => endless);
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        Assert.AreEqual(499500, await next);
    }

    [TestMethod]
    public async Task What_waits_is_cancelled_at_once_whatever_runs()
    {
        using PythonIsolate isolate = Python.CreateIsolated();
        using CancellationTokenSource source = new();
        using ManualResetEventSlim end = new();
        bool hasRun = false;
        Task<int> before = isolate.RunAsync(_ =>
        {
            end.Wait();
            return 1;
        });
        Task<bool> waiting = isolate.RunAsync(_ => hasRun = true, source.Token);
        await source.CancelAsync();

        // A minute, which is only waited for where this is broken.
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1)));
        end.Set();
        Assert.AreEqual(1, await before);
        Assert.AreEqual(2, isolate.Evaluate<int>("1 + 1"));
        Assert.IsFalse(hasRun);
    }

    [TestMethod]
    public async Task A_loop_in_one_interpreter_keeps_no_other_waiting()
    {
        using PythonIsolate busy = Python.CreateIsolated(), other = Python.CreateIsolated();
        busy.Execute("import sys; sys.go_on = True");
        Task<int> loop = busy.RunAsync(own =>
        {
            own.Execute("import sys\nwhile sys.go_on: pass");
            return 1;
        });
        Assert.AreEqual(2, Python.Evaluate<int>("1 + 1"));
        Assert.AreEqual(3, other.Evaluate<int>("1 + 2"));

        // Nor does one of the main interpreter, or one of a thread that code has left behind.
        Python.Execute("import sys, threading; sys.go_on = True\ndef loop():\n    while sys.go_on: pass\nsys.loop = threading.Thread(target=loop); sys.loop.start()");
        other.Execute("import sys, threading; sys.go_on = True\ndef loop():\n    while sys.go_on: pass\nsys.loop = threading.Thread(target=loop); sys.loop.start()");
        Assert.AreEqual(4, other.Evaluate<int>("2 + 2"));
        Assert.AreEqual(5, Python.Evaluate<int>("2 + 3"));
        Python.Execute("import sys; sys.go_on = False; sys.loop.join()");
        other.Execute("import sys; sys.go_on = False; sys.loop.join()");

        busy.Dispose();
        await Assert.ThrowsExactlyAsync<PythonException>(() => loop);
        Assert.IsFalse(busy.IsRetired);
    }

    [TestMethod]
    public void Nothing_works_after_Dispose()
    {
        PythonIsolate isolate = Python.CreateIsolated();
        PythonObject own = isolate.Import("json");
        isolate.Dispose();
        isolate.Dispose();
        Assert.IsFalse(isolate.IsRetired);
        Assert.ThrowsExactly<ObjectDisposedException>(() => isolate.Execute("1"));
        Assert.ThrowsExactly<ObjectDisposedException>(() => own.ToString());
        own.Dispose();
    }

    [TestMethod]
    public void An_isolate_with_a_thread_that_does_not_end_is_retired()
    {
        using StringWriter output = new();
        PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Output = output });
        isolate.Execute("""
            import atexit, threading, time
            atexit.register(print, 'exit')
            threading.Thread(target=lambda: [time.sleep(.1) for _ in iter(int, 1)], daemon=True).start()
            """);
        isolate.Dispose();
        Assert.IsTrue(isolate.IsRetired);
        Assert.AreEqual("exit\n", output.ToString());
        using PythonIsolate next = Python.CreateIsolated();
        Assert.AreEqual(2, next.Evaluate<int>("1 + 1"));
    }

    [TestMethod]
    [DataRow("atexit.register(time.sleep, 60)")]
    [DataRow("class Late:\n    def __del__(self, sleep=time.sleep): sleep(60)\nsys.late = Late()")]
    public void An_isolate_whose_last_code_does_not_end_is_retired(string code)
    {
        PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        isolate.Execute("import atexit, sys, time\n" + code);
        isolate.Dispose();
        Assert.IsTrue(isolate.IsRetired);
        using PythonIsolate next = Python.CreateIsolated();
        Assert.AreEqual(2, next.Evaluate<int>("1 + 1"));
    }

    [TestMethod]
    public async Task Nobody_waits_for_work_that_does_not_end()
    {
        PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        using SemaphoreSlim started = new(0);
        using ManualResetEventSlim end = new();
        Task<int> endless = isolate.RunAsync(_ =>
        {
            started.Release();
            end.Wait();
            return 1;
        });
        Task<int> waiting = isolate.RunAsync(_ => 2);
        await started.WaitAsync();
        isolate.Dispose();
        Assert.IsTrue(isolate.IsRetired);
        foreach (Task<int> task in (Task<int>[])[endless, waiting])
        {
            // A minute, which is only waited for where this is broken.
            await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => task.WaitAsync(TimeSpan.FromMinutes(1)));
        }

        end.Set();
    }

    [TestMethod]
    public void The_thread_of_an_isolate_is_the_main_thread_of_its_threading()
    {
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        isolate.Execute("""
            import threading
            assert threading.current_thread() is threading.main_thread()
            other = threading.Thread(target=lambda: setattr(other, 'is_main', threading.current_thread() is threading.main_thread()))
            other.start()
            other.join()
            assert not other.is_main
            """);
    }

    [TestMethod]
    public void A_fork_is_refused()
    {
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        if (!isolate.Evaluate<bool>("hasattr(__import__('os'), 'fork')"))
        {
            Assert.Inconclusive("This system has no fork.");
        }

        isolate.Execute("""
            import os, posix
            for fork in os.fork, os.forkpty, posix.fork, posix.forkpty:
                try:
                    child = fork()
                except RuntimeError as error:
                    assert 'fork' in str(error), error
                else:
                    raise SystemExit(f'{child} was forked')
            """);
    }

    [TestMethod]
    public void An_isolate_has_a_GIL_of_its_own_where_CPython_can_do_that()
    {
        bool can = Python.Evaluate<bool>("__import__('sys').version_info >= (3, 12)");
        using PythonIsolate first = Python.CreateIsolated(new PythonIsolateOptions { OwnGil = true }), second = Python.CreateIsolated(new PythonIsolateOptions { OwnGil = true });
        Assert.AreEqual(can, first.HasOwnGil);
        Assert.AreEqual(can, second.HasOwnGil);
        using (Python.CreateIsolated() is { HasOwnGil: true } ? throw new AssertFailedException() : Python.Hold())
        {
            Assert.AreEqual("[1, 2.5]", first.Evaluate<string>("__import__('json').dumps([1, 2.5])"));
        }

        // Also on 3.12, where the C twins of these crash.
        const string dates = "(__import__('datetime').date(2024, 2, 29).isoformat(), str(__import__('decimal').Decimal('0.10')))";
        Assert.AreEqual(("2024-02-29", "0.10"), first.Evaluate<(string, string)>(dates));
        Assert.AreEqual(("2024-02-29", "0.10"), second.Evaluate<(string, string)>(dates));

        // It needs the C twin or none, whether the GIL is shared or not.
        using PythonIsolate shared = Python.CreateIsolated();
        foreach (PythonIsolate isolate in (ReadOnlySpan<PythonIsolate>)[second, shared])
        {
            Assert.AreEqual("ZoneInfo", isolate.Evaluate<string>("__import__('zoneinfo').ZoneInfo.__name__"));
        }
    }

    [TestMethod]
    public void Extension_modules_that_do_not_support_it_are_refused()
    {
        using TemporaryFolder folder = new();
        string suffix = Python.Evaluate<string>("__import__('_imp').extension_suffixes()[0]");
        File.WriteAllText(Path.Combine(folder.Path, "single" + suffix), "PyModule_Create2\0");
        File.WriteAllText(Path.Combine(folder.Path, "multi" + suffix), new string('x', (1 << 20) - 5) + "PyModuleDef_Init\0");
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, SearchPaths = [folder.Path] });
        StringAssert.DoesNotMatch(Assert.ThrowsExactly<PythonImportException>(() => isolate.Import("multi")).Message, new("isolate"));
        if (Python.Evaluate<bool>("__import__('sys').version_info < (3, 12)"))
        {
            PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => isolate.Import("single"));
            Assert.AreEqual("single", error.Module);
            StringAssert.Contains(error.Message, "cannot be imported in an isolate", StringComparison.Ordinal);
            Assert.AreEqual("yes", isolate.Evaluate<string>("'yes' if __import__('_ctypes') else ''"));
            return;
        }

        // CPython itself refuses it; Python's own readline is such a module.
        if (Python.Evaluate<bool>("__import__('importlib.util').util.find_spec('readline') is None"))
        {
            Assert.Inconclusive("This CPython has no readline, which is known not to support sub-interpreters.");
        }

        StringAssert.Contains(Assert.ThrowsExactly<PythonImportException>(() => isolate.Import("readline")).Message, "cannot be imported in an isolate", StringComparison.Ordinal);
    }
}
