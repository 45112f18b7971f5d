using System.Text;

namespace PyEmbed.TestHost;

/// <summary>
/// Runs one named scenario, for tests of what only a whole process shows: exit codes, flushed output, signals.
/// <c>TestHost scenario arguments…</c>
/// </summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<string[], int>> Scenarios = new(StringComparer.Ordinal)
    {
        // Code that runs as the module `program`, as `python -m program` does.
        ["run"] = arguments =>
        {
            using PythonInterpreter python = Started();
            return python.RunCode(arguments[0], arguments[1..]);
        },
        ["run-without-dispose"] = arguments => Started().RunCode(arguments[0], arguments[1..]),
        ["run-on-other-thread"] = arguments =>
        {
            int code = -1;
            Thread thread = new(() => code = Started().RunCode(arguments[0], arguments[1..]));
            thread.Start();
            thread.Join();
            return code;
        },
        // A pool whose worker runs the code, which may kill this process.
        ["pool"] = arguments =>
        {
            PythonWorkerPool pool = PythonWorkerPool.StartAsync(new PythonWorkerOptions { AutoMount = false, Policy = PythonPolicy.Trusted }).GetAwaiter().GetResult();
            Console.WriteLine(pool.RunAsync(PythonWorkerRequest.Script(arguments[0])).GetAwaiter().GetResult().Value);
            return 0;
        },
        ["run-module"] = arguments => Started().RunModule(arguments[0], arguments[1..]),

        // A module of a folder on disk, as the suites of tests/PyEmbed.Conformance are run.
        ["search-path"] = arguments =>
        {
            using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, SearchPaths = [arguments[0]] });
            return python.RunModule(arguments[1], arguments[2..]);
        },
        ["run-twice"] = arguments =>
        {
            using PythonInterpreter python = Started();
            int first;
            using (python.MountCode(arguments[0]))
            {
                first = python.RunModule("program");
            }

            return (10 * first) + python.RunCode(arguments[1]);
        },

        // Code that is imported as the module `program`, whose function is then called.
        ["entry-point"] = arguments =>
        {
            using PythonInterpreter python = Started();
            python.MountCode(arguments[0]);
            return python.RunEntryPoint(arguments[1], arguments[2..]);
        },
        // A module of an archive file, run as `python -m` does.
        ["archive"] = arguments =>
        {
            using PythonInterpreter python = Started();
            python.Mount(PythonTree.FromArchive(arguments[0]));
            return python.RunModule(arguments[1], arguments[2..]);
        },
        ["execute"] = arguments =>
        {
            using PythonInterpreter python = Started();
            python.Execute(arguments[0]);
            return 0;
        },
        ["policy"] = PolicyScenarios.Execute,
        ["policy-call"] = PolicyScenarios.Call,
        ["policy-techniques"] = PolicyScenarios.Techniques,
        ["policy-attached"] = StartScenarios.AttachWithPolicy,
        ["policy-fail-then-start"] = PolicyScenarios.FailThenStart,
        ["policy-fail-then"] = PolicyScenarios.FailThen,
        ["options"] = StartScenarios.WithOptions,
        ["cancel-key"] = StartScenarios.CancelKeyAfterRun,
        ["attach"] = StartScenarios.Attach,
        ["attach-run"] = StartScenarios.AttachAndRun,
        ["attach-refused"] = StartScenarios.AttachRefused,
        ["two-copies"] = StartScenarios.TwoCopies,
        ["two-stores"] = StartScenarios.TwoStores,
        ["import"] = StartScenarios.ImportModule,
        ["code-cache"] = StartScenarios.ImportWithCodeCache,
        ["code-cache-service"] = StartScenarios.ServeWithCodeCache,
        ["dispose-holding"] = StartScenarios.DisposeHolding,
        ["use-after-dispose"] = StartScenarios.UseAfterDispose,
        ["start-twice"] = StartScenarios.StartTwice,
        ["start-time"] = StartScenarios.StartTime,
    };

    /// <summary>Starts without a code cache, which would keep the code of each test in the user's own folder.</summary>
    internal static PythonInterpreter Started() => PythonInterpreter.Start(new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "" });

    internal static PythonMount MountCode(this PythonInterpreter python, string code) =>
        python.Mount(PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["program.py"] = Encoding.UTF8.GetBytes(code) }, "program"));

    internal static int RunCode(this PythonInterpreter python, string code, params string[] arguments)
    {
        python.MountCode(code);
        return python.RunModule("program", arguments);
    }

    private static int Main(string[] arguments) =>
        ExitScenarios.All.TryGetValue(arguments[0], out Func<string[], int>? scenario) || PlugInScenarios.All.TryGetValue(arguments[0], out scenario)
            || CapabilityScenarios.All.TryGetValue(arguments[0], out scenario) || ModuleScenarios.All.TryGetValue(arguments[0], out scenario) || NativeScenarios.All.TryGetValue(arguments[0], out scenario)
            || IsolateScenarios.All.TryGetValue(arguments[0], out scenario) || IsolateStressScenarios.All.TryGetValue(arguments[0], out scenario)
            || Scenarios.TryGetValue(arguments[0], out scenario)
            ? scenario(arguments[1..])
            : throw new ArgumentException($"There is no scenario '{arguments[0]}'.");
}
