using System.Runtime.InteropServices;
using System.Text;

namespace PyEmbed.TestHost;

/// <summary>Isolates over the whole life of a process: what they leave behind, and how they end with it.</summary>
internal static unsafe class IsolateScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        // Memory, in KB a cycle, of bare sub-interpreters, of such that import what an isolate has imported, and of isolates. Arguments: how many, whether with a GIL of their own.
        ["isolate-growth"] = arguments =>
        {
            int count = int.Parse(arguments[0]);
            bool ownGil = arguments[1] == "own";
            using PythonInterpreter python = Program.Started();
            nint library = NativeLibrary.Load(python.Describe().Library!);
            var options = new PythonIsolateOptions { AutoMount = false, OwnGil = ownGil };
            string imports;
            using (PythonIsolate first = python.CreateIsolated(options))
            {
                imports = first.Evaluate<string>(Imports);
            }

            Action bare = () => Bare(library, ownGil, "pass"), importing = () => Bare(library, ownGil, imports), isolate = () => python.CreateIsolated(options).Dispose();
            Console.WriteLine($"{Growth(bare, count):F1} {Growth(importing, count):F1} {Growth(isolate, count):F1}");
            return 0;
        },

        // Memory, in KB, that so many calls over a pool leave behind after half as many.
        ["isolate-calls"] = arguments =>
        {
            int count = int.Parse(arguments[0]);
            using PythonInterpreter python = Program.Started();
            using PythonIsolatePool pool = python.CreateIsolatePool(2, new PythonIsolateOptions { AutoMount = false, Output = TextWriter.Null });
            double Calls(int number)
            {
                Parallel.For(0, 4, _ =>
                {
                    for (int i = 0; i < number / 4; i++)
                    {
                        Call(pool, i);
                    }
                });
                return Resident();
            }

            double before = Calls(count / 2);
            Console.WriteLine($"{Calls(count) - before:F0}");
            return 0;
        },

        // Isolates that nobody disposes: one idle, one that runs.
        ["isolate-exit"] = arguments =>
        {
            PythonInterpreter python = Program.Started();
            PythonIsolate idle = python.CreateIsolated(), busy = python.CreateIsolated();
            foreach (PythonIsolate isolate in (ReadOnlySpan<PythonIsolate>)[idle, busy])
            {
                isolate.Execute("import atexit, sys; sys.stdout.write('buffered;'); atexit.register(sys.stdout.write, 'atexit;')");
            }

            _ = busy.RunAsync(own =>
            {
                own.Execute("while True: pass");
                return 0;
            });
            if (arguments[0] == "dispose")
            {
                python.Dispose();
            }
            else if (arguments[0] == "exit")
            {
                Environment.Exit(7);
            }

            return 7;
        },
    };

    // Python code that imports what the interpreter has, and keeps out what it keeps out; the importer itself is in no file. What os needs cannot be imported before it.
    private const string Imports = """
        'import os\n' + ''.join(
            f'import sys; sys.modules[{name!r}] = None\n' if module is None else f'import {name}\n'
            for name, module in __import__('sys').modules.items() if name.split('.')[0] not in ('pyembed', '__main__'))
        """;

    // Most give a result; some raise an exception or print, a few are cancelled.
    private static void Call(PythonIsolatePool pool, int number)
    {
        using CancellationTokenSource source = new();
        Task<int> task = pool.RunAsync(
            isolate =>
            {
                switch (number % 500)
                {
                    case 0:
                        source.Cancel();
                        isolate.Execute("while True: pass");
                        return 0;
                    case < 50:
                        isolate.Execute("raise KeyError('nobody')");
                        return 0;
                    case < 100:
                        isolate.Execute("import sys; print('output', file=sys.stdout)");
                        return 10;
                    default:
                        using (PythonObject module = isolate.Import("math"))
                        {
                            return module.InvokeMethod<int>("comb", 5, 2);
                        }
                }
            },
            source.Token);
        Task.WhenAny(task).Wait();
        bool isRight = (number % 500) switch
        {
            0 => task.IsCanceled,
            < 50 => task.Exception?.InnerException is PythonException { PythonType: "KeyError" },
            _ => task.IsCompletedSuccessfully && task.Result == 10,
        };
        if (!isRight)
        {
            throw new InvalidOperationException($"Call {number} is {task.Status}: {task.Exception}");
        }
    }

    private static double Growth(Action cycle, int count)
    {
        for (int i = 0; i < count; i++)
        {
            cycle();
        }

        double before = Resident();
        for (int i = 0; i < count; i++)
        {
            cycle();
        }

        return (Resident() - before) / count;
    }

    private static double Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * (Environment.SystemPageSize / 1024);
    }

    private static void Bare(nint library, bool ownGil, string code)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        void Run()
        {
            fixed (byte* source = Encoding.UTF8.GetBytes(code + '\0'))
            {
                if (((delegate* unmanaged<byte*, int>)Export("PyRun_SimpleString"))(source) != 0)
                {
                    throw new InvalidOperationException("The code of a bare interpreter has failed.");
                }
            }
        }

        Thread thread = new(() =>
        {
            int state = ((delegate* unmanaged<int>)Export("PyGILState_Ensure"))();
            nint main = ((delegate* unmanaged<nint>)Export("PyGILState_GetThisThreadState"))();
            nint made;
            if (NativeLibrary.TryGetExport(library, "Py_NewInterpreterFromConfig", out nint create))
            {
                int* config = stackalloc int[] { ownGil ? 0 : 1, 0, 0, 1, 1, 1, ownGil ? 2 : 1 };
                _ = ((delegate* unmanaged<nint*, int*, Status>)create)(&made, config);
                Run();
                ((delegate* unmanaged<nint, void>)Export("Py_EndInterpreter"))(made);
                ((delegate* unmanaged<nint, void>)Export("PyEval_RestoreThread"))(main);
            }
            else
            {
                made = ((delegate* unmanaged<nint>)Export("Py_NewInterpreter"))();
                Run();
                ((delegate* unmanaged<nint, void>)Export("Py_EndInterpreter"))(made);
                _ = ((delegate* unmanaged<nint, nint>)Export("PyThreadState_Swap"))(main);
            }

            ((delegate* unmanaged<int, void>)Export("PyGILState_Release"))(state);
        });
        thread.Start();
        thread.Join();
    }

    // PyStatus; nobody looks into it.
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Status
    {
    }
}
