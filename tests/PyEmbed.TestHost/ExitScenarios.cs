using System.Runtime.InteropServices;

namespace PyEmbed.TestHost;

/// <summary>
/// The ways in which a process that runs Python can end. Each starts Python, leaves behind unflushed output, an atexit function, a thread
/// that still works and one that never ends, and ends with code 7 (or by an unhandled exception).
/// </summary>
internal static unsafe class ExitScenarios
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

    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["dispose"] = _ =>
        {
            using PythonInterpreter python = Start();
            return 7;
        },
        ["dispose-twice"] = _ =>
        {
            PythonInterpreter python = Start();
            python.Dispose();
            python.Dispose();
            return 7;
        },
        ["return"] = _ =>
        {
            Start();
            return 7;
        },
        ["return-after-import-on-other-thread"] = _ =>
        {
            StartWithThreadingElsewhere();
            return 7;
        },
        ["dispose-after-import-on-other-thread"] = _ =>
        {
            using PythonInterpreter python = StartWithThreadingElsewhere();
            return 7;
        },
        ["unhandled"] = _ =>
        {
            Start();
            throw new InvalidOperationException("nobody catches this");
        },
        ["unhandled-holding"] = _ =>
        {
            using IDisposable hold = Start().Hold();
            throw new InvalidOperationException("nobody catches this");
        },
        ["unhandled-python"] = _ =>
        {
            Start().Execute("raise ValueError('nobody catches this')");
            return 0;
        },
        ["exit"] = _ =>
        {
            Start();
            Environment.Exit(7);
            return 0;
        },
        ["exit-holding"] = _ =>
        {
            using IDisposable hold = Start().Hold();
            Environment.Exit(7);
            return 0;
        },
        ["exit-thread"] = _ =>
        {
            Start();
            new Thread(() => Environment.Exit(7)).Start();
            Thread.Sleep(Timeout.Infinite);
            return 0;
        },
        ["exit-while-running"] = _ =>
        {
            PythonInterpreter python = Start();
            new Thread(() =>
            {
                Thread.Sleep(200);
                Environment.Exit(7);
            }).Start();
            python.Execute("while True: pass");
            return 0;
        },
        ["exit-before-use"] = _ =>
        {
            PythonInterpreter python = Start();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Thread.Sleep(500);
            new Thread(() => Environment.Exit(7)).Start();
            Work(python);
            return 0;
        },
        ["exit-callback"] = _ =>
        {
            PythonInterpreter python = Start();
            CallBack(python, "exit_process()");
            return 0;
        },
        ["exit-callback-on-python-thread"] = _ =>
        {
            PythonInterpreter python = Start();
            CallBack(python, "import threading\nthreading.Thread(target=exit_process).start()");
            Thread.Sleep(Timeout.Infinite);
            return 0;
        },
        ["exit-while-callback-holds"] = _ =>
        {
            PythonInterpreter python = Start();
            new Thread(() =>
            {
                Thread.Sleep(200);
                Environment.Exit(7);
            }).Start();
            CallBack(python, "ctypes.PYFUNCTYPE(None)(address)()", &WorkForEver);
            return 0;
        },
        ["dispose-then-exit"] = _ =>
        {
            Start().Dispose();
            Environment.Exit(7);
            return 0;
        },
        ["finalizers"] = _ =>
        {
            PythonInterpreter python = Start();
            for (int i = 0; i < 10_000; i++)
            {
                Forget(python.Evaluate($"[{i}]"));
            }

            GC.Collect();
            return 7;
        },
        ["busy-threads"] = _ =>
        {
            PythonInterpreter python = Start();
            for (int i = 0; i < 4; i++)
            {
                new Thread(() => Work(python)) { IsBackground = i % 2 == 0 }.Start();
            }

            Thread.Sleep(100);
            python.Dispose();
            return 7;
        },
    };

    private static PythonInterpreter Start()
    {
        PythonInterpreter python = Program.Started();
        python.Execute(Leftovers);
        return python;
    }

    // threading is imported by a thread that has ended, and whose state was cleared away, before the first other thread is started.
    private static PythonInterpreter StartWithThreadingElsewhere()
    {
        PythonInterpreter python = Program.Started();
        for (int i = 0; i < 64; i++)
        {
            Thread worker = new(() => python.Execute("import threading"));
            worker.Start();
            worker.Join();
        }

        python.Execute("import threading\nassert threading.current_thread() is threading.main_thread() and threading.main_thread().is_alive()");
        python.Execute(Leftovers);
        return python;
    }

    // Takes an object and neither keeps nor disposes it.
    private static void Forget(PythonObject value) => GC.KeepAlive(value);

    private static void Work(PythonInterpreter python)
    {
        try
        {
            while (true)
            {
                using PythonObject sum = python.Evaluate("sum(range(1000))");
            }
        }
        catch (ObjectDisposedException)
        {
            // What a thread that goes on after Dispose gets.
        }
    }

    private static void CallBack(PythonInterpreter python, string code) =>
        CallBack(python, "exit_process = ctypes.CFUNCTYPE(None)(address)\n" + code, &ExitProcess);

    private static void CallBack(PythonInterpreter python, string code, delegate* unmanaged[Cdecl]<void> function)
    {
        using PythonScope scope = new();
        scope.Set("address", (long)(nint)function);
        python.Execute("import ctypes\n" + code, scope);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void WorkForEver() => Work(PythonInterpreter.Current!);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void ExitProcess() => Environment.Exit(7);
}
