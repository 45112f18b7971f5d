using Python.Runtime;

namespace PyEmbed.PythonNet.TestHost;

/// <summary>
/// The ways in which a process that runs both can end. Each leaves behind unflushed output, an atexit function, a thread that still works and one that
/// never ends, and ends with code 7 (or by an unhandled exception).
/// </summary>
internal static class EndScenarios
{
    private const string Leftovers = """
        import atexit, sys, threading, time
        def work():
            time.sleep(0.3)
            sys.stdout.write('thread;')
        def spin():
            while True:
                pass
        atexit.register(sys.stdout.write, 'atexit;')
        threading.Thread(target=work).start()
        threading.Thread(target=spin, daemon=True).start()
        sys.stdout.write('buffered;')
        """;

    private static readonly Dictionary<string, Action<PythonNetBridge>> Ends = new(StringComparer.Ordinal)
    {
        ["return"] = _ => { },
        ["exit"] = _ => Environment.Exit(7),
        ["exit-on-thread"] = _ =>
        {
            new Thread(() => Environment.Exit(7)).Start();
            Thread.Sleep(Timeout.Infinite);
        },
        ["exit-in-callback"] = _ =>
        {
            using Py.GILState gil = Py.GIL();
            new PyObject[] { new Action(() => Environment.Exit(7)).ToPython() }[0].Invoke();
        },
        ["exit-in-callback-of-a-python-thread"] = _ =>
        {
            using (Py.GIL())
            {
                Py.Import("threading").InvokeMethod("Thread", Array.Empty<PyObject>(), Py.kw("target", new Action(() => Environment.Exit(7)))).InvokeMethod("start");
            }

            Thread.Sleep(Timeout.Infinite);
        },
        ["bridge"] = bridge => bridge.Dispose(),
        ["bridge-twice"] = bridge =>
        {
            bridge.Dispose();
            bridge.Dispose();
        },
        ["bridge-then-shutdown"] = bridge =>
        {
            bridge.Dispose();
            PythonEngine.Shutdown();
        },
        ["bridge-then-exit"] = bridge =>
        {
            bridge.Dispose();
            Environment.Exit(7);
        },
        ["shutdown"] = _ => PythonEngine.Shutdown(),
        ["shutdown-then-bridge"] = bridge =>
        {
            PythonEngine.Shutdown();
            bridge.Dispose();
        },
        ["shutdown-then-exit"] = _ =>
        {
            PythonEngine.Shutdown();
            Environment.Exit(7);
        },
        ["interpreter"] = bridge => bridge.Interpreter.Dispose(),
        ["interpreter-then-shutdown"] = bridge =>
        {
            bridge.Interpreter.Dispose();
            PythonEngine.Shutdown();
        },
        ["interpreter-then-bridge"] = bridge =>
        {
            bridge.Interpreter.Dispose();
            bridge.Dispose();
        },
        ["unhandled"] = _ => throw new InvalidOperationException("nobody catches this"),
        ["unhandled-in-block"] = _ =>
        {
            using Py.GILState gil = Py.GIL();
            throw new InvalidOperationException("nobody catches this");
        },
    };

    /// <summary><c>order library end</c></summary>
    public static int Run(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using (Py.GIL())
        {
            using PyModule scope = Py.CreateScope();
            scope.Exec(Leftovers);
        }

        Ends[arguments[2]](bridge);
        return 7;
    }

    /// <summary><c>order library end</c>: as <see cref="Run"/>, where a thread that has ended was the first to import <c>threading</c>.</summary>
    public static int AfterImportOnOtherThread(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        Thread worker = new(() =>
        {
            using Py.GILState gil = Py.GIL();
            Py.Import("threading").Dispose();
        });
        worker.Start();
        worker.Join();
        using (Py.GIL())
        {
            using PyModule scope = Py.CreateScope();
            scope.Exec(Leftovers.Replace("target=work", "target=work, daemon=False", StringComparison.Ordinal));
        }

        Ends[arguments[2]](bridge);
        return 7;
    }

    /// <summary><c>order library end</c>: an atexit function and a thread that use .NET, and print what it gave them.</summary>
    public static int AtexitCallsDotNet(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using (Py.GIL())
        {
            using PyModule scope = Py.CreateScope();
            scope.Set("upper", new Func<string, string>(text => text.ToUpperInvariant()));
            scope.Exec("""
                import atexit, sys, threading, time
                import System
                def work():
                    time.sleep(0.3)
                    sys.stdout.write(upper('thread;'))
                def end():
                    sys.stdout.write(upper('atexit;') + str(System.Math.Max(3, 4)) + ';')
                threading.Thread(target=work).start()
                atexit.register(end)
                """);
        }

        Ends[arguments[2]](bridge);
        return 7;
    }

    /// <summary><c>order library end</c>: ends with thousands of objects that nobody disposed, of both APIs, some in cycles with .NET.</summary>
    public static int ManyObjects(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using (Py.GIL())
        {
            using PyModule scope = Py.CreateScope();
            scope.Exec("import sys\nheld = []\nsys.stdout.write('buffered;')\nclass Cycle: pass");
            PyObject make = scope.Get("Cycle"), held = scope.Get("held");
            for (int i = 0; i < 5_000; i++)
            {
                PyObject made = make.Invoke();
                Cell cell = new(made.ToPythonObject());
                made.SetAttr("cell", cell.ToPython());
                if (i % 10 == 0)
                {
                    held.InvokeMethod("append", made);
                }
            }
        }

        Ends[arguments[2]](bridge);
        return 7;
    }

    /// <summary><c>order library end</c>: ends while threads of .NET are busy in both APIs.</summary>
    public static int BusyThreads(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        PythonInterpreter python = bridge.Interpreter;
        bridge.Interpreter.Execute("import sys; sys.stdout.write('buffered;')");
        using CountdownEvent working = new(4);
        for (int i = 0; i < 4; i++)
        {
            bool own = i % 2 == 0;
            new Thread(() => Work(own ? python : null, working)) { IsBackground = true }.Start();
        }

        working.Wait();
        Ends[arguments[2]](bridge);
        return 7;
    }

    private static void Work(PythonInterpreter? python, CountdownEvent working)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                if (python is not null)
                {
                    using PythonObject sum = python.Evaluate("sum(range(1000))");
                }
                else
                {
                    using Py.GILState gil = Py.GIL();
                    using PyObject sum = PythonEngine.Eval("sum(range(1000))");
                }

                if (i == 10)
                {
                    working.Signal();
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException || !PythonEngine.IsInitialized)
        {
            // What a thread that goes on afterwards gets.
        }
    }

    private sealed class Cell(PythonObject value)
    {
        public PythonObject Value { get; } = value;
    }
}
