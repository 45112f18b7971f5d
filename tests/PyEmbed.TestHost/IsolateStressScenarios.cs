namespace PyEmbed.TestHost;

/// <summary>Isolates side by side, which crash or block a process rather than fail.</summary>
internal static class IsolateStressScenarios
{
    // Waited for only where something is broken.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        // Isolates that are made, run, cancelled and disposed, several at a time. Arguments: how many, how many at a time, whether with a GIL of their own, the modules that each imports.
        ["isolate-stress"] = arguments =>
        {
            int count = int.Parse(arguments[0]), parallel = int.Parse(arguments[1]);
            using PythonInterpreter python = Program.Started();
            var options = new PythonIsolateOptions { AutoMount = false, OwnGil = arguments[2] == "own" };
            string import = $$"""
                import importlib
                for name in {{Python(arguments[3..])}}:
                    try:
                        importlib.import_module(name)
                    except ImportError:     # refused, or not of this version
                        pass
                """;
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallel }, number => Cycle(python, options, import, number));
            python.Execute("import colorsys");
            Console.WriteLine("done");
            return 0;
        },

        // Code that an isolate runs, and after its end the main interpreter and another isolate. Argument: the code.
        ["isolate-turns"] = arguments =>
        {
            using PythonInterpreter python = Program.Started();
            for (int i = 0; i < 3; i++)
            {
                using (PythonIsolate isolate = python.CreateIsolated(new PythonIsolateOptions { AutoMount = false }))
                {
                    isolate.Execute(arguments[0]);
                }

                python.Execute(arguments[0]);
            }

            Console.WriteLine("done");
            return 0;
        },

        // Cancellation of a line of code that runs again and again, after which the main interpreter and another isolate run it. Arguments: how often, the code.
        ["isolate-cancelled"] = arguments =>
        {
            string code = arguments[1];
            using PythonInterpreter python = Program.Started();
            var options = new PythonIsolateOptions { AutoMount = false };
            using PythonIsolate cancelled = python.CreateIsolated(options), other = python.CreateIsolated(options);
            for (int i = 0; i < int.Parse(arguments[0]); i++)
            {
                using CancellationTokenSource source = new();
                using ManualResetEventSlim started = new();
                Task<bool> task = cancelled.RunAsync(
                    isolate =>
                    {
                        started.Set();
                        isolate.Execute($"while True: {code}");
                        return true;
                    },
                    source.Token);
                started.Wait();
                Thread.Sleep(2);
                source.Cancel();
                Check(Task.WhenAny(task).Wait(Limit) && task.IsCanceled, $"The cancelled work of round {i} is {task.Status}: {task.Exception}");
                Check(Task.Run(() => python.Execute(code)).Wait(Limit), $"The main interpreter hangs after round {i}.");
                Check(Task.Run(() => other.Execute(code)).Wait(Limit), $"Another isolate hangs after round {i}.");
            }

            Console.WriteLine("done");
            return 0;
        },
    };

    private static void Cycle(PythonInterpreter python, PythonIsolateOptions options, string import, int number)
    {
        Random random = new(number);
        PythonIsolate isolate = python.CreateIsolated(options);
        using CancellationTokenSource source = new();
        Task<bool> work = isolate.RunAsync(own => Execute(own, import + "\nfor _ in range(" + random.Next(1, 2000) + "): repr(list(range(50)))"), source.Token);
        Task<bool> endless = isolate.RunAsync(own => Execute(own, "while True:\n    sum(range(20))"), source.Token);
        switch (number % 3)
        {
            case 0:
                // Both are done before the end.
                Check(work.Wait(Limit), $"Isolate {number} hangs.");
                source.Cancel();
                break;
            case 1:
                Thread.Sleep(random.Next(0, 30));
                source.Cancel();
                break;
            default:
                Thread.Sleep(random.Next(0, 30));
                break;
        }

        Check(Task.Run(isolate.Dispose).Wait(Limit), $"Dispose of isolate {number} hangs.");
        foreach (Task<bool> task in (ReadOnlySpan<Task<bool>>)[work, endless])
        {
            Exception? error = task.Exception?.InnerException;
            Check(task.IsCompleted && (error is null or ObjectDisposedException || error is PythonException { PythonType: "KeyboardInterrupt" }), $"Work of isolate {number} is {task.Status}: {error}");
        }
    }

    private static bool Execute(PythonIsolate isolate, string code)
    {
        isolate.Execute(code);
        return true;
    }

    private static string Python(string[] names) => $"[{string.Join(", ", names.Select(name => $"'{name}'"))}]";

    private static void Check(bool isRight, string message)
    {
        if (!isRight)
        {
            // Not an exception, whose way out may wait for what hangs.
            Console.Error.WriteLine(message);
            Environment.FailFast(message);
        }
    }
}
