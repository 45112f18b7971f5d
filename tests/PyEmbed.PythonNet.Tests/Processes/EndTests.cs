using PyEmbed.Tests;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Each way in which a process with both sides can end, for each way in which it can begin: right code, all output, in time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class EndTests
{
    private const string AllOutput = "buffered;thread;atexit;";

    private static readonly string[] AllEnds =
    [
        "return", "exit", "exit-on-thread", "exit-in-callback", "exit-in-callback-of-a-python-thread", "bridge", "bridge-twice", "bridge-then-shutdown", "bridge-then-exit",
        "shutdown", "shutdown-then-bridge", "shutdown-then-exit", "interpreter", "interpreter-then-shutdown", "interpreter-then-bridge",
    ];

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void The_process_ends_with_its_code_and_all_output(string order) => RunAll("end", order, AllEnds, IsComplete);

    [TestMethod]
    [DataRow("pyembed")]
    [DataRow("pyembed-then-initialize")]
    public void So_it_does_where_PyEmbed_was_there_before(string order) =>
        RunAll("end", order, ["return", "exit", "exit-in-callback", "bridge", "bridge-then-shutdown", "shutdown-then-bridge", "interpreter-then-shutdown", "interpreter-then-bridge"], IsComplete);

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void So_it_does_where_a_thread_that_has_ended_imported_threading(string order) =>
        RunAll("end-after-import-on-other-thread", order, ["return", "exit", "bridge", "shutdown"], IsComplete);

    [TestMethod]
    public void A_thread_that_still_holds_the_GIL_may_shut_pythonnet_down() =>
        RunAll("end", "pythonnet-holding", ["shutdown", "shutdown-then-bridge", "bridge-then-shutdown"], IsComplete);

    // .NET ends on a thread of its own, while the one that holds the GIL waits for that: nobody can write what Python has buffered.
    [TestMethod]
    public void A_thread_that_keeps_the_GIL_for_ever_delays_the_end_and_is_told_how_not_to() =>
        RunAll("end", "pythonnet-holding", ["return", "exit"], result => result is { ExitCode: 7 } && result.Error.Contains("PythonEngine.BeginAllowThreads()", StringComparison.Ordinal));

    [TestMethod]
    public void An_unhandled_exception_loses_no_output() =>
        RunAll("end", "bridge", ["unhandled", "unhandled-in-block"], IsUnhandled);

    [TestMethod]
    public void An_unhandled_exception_loses_no_output_where_pythonnet_started() =>
        RunAll("end", "pythonnet", ["unhandled", "unhandled-in-block"], IsUnhandled);

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    [DataRow("pyembed")]
    public void Atexit_functions_and_threads_use_NET_to_the_end(string order) =>
        RunAll("atexit-calls-dotnet", order, ["return", "exit", "bridge", "interpreter"], result => result is { ExitCode: 7, Output: "THREAD;ATEXIT;4;", Error: "" });

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void Objects_that_nobody_disposed_do_not_keep_the_process(string order) =>
        RunAll("many-objects", order, ["return", "bridge-then-shutdown", "shutdown-then-bridge"], result => result is { ExitCode: 7, Output: "buffered;", Error: "" });

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void Busy_threads_do_not_keep_the_process(string order) =>
        RunAll("busy-threads", order, ["return", "exit", "bridge", "bridge-then-exit"], result => result is { ExitCode: 7, Output: "buffered;", Error: "" });

    private static bool IsComplete(TestHostProcess result) => result is { ExitCode: 7, Output: AllOutput, Error: "" };

    private static bool IsUnhandled(TestHostProcess result) =>
        result is { ExitCode: 128 + 6, Output: AllOutput } && result.Error.Contains("System.InvalidOperationException: nobody catches this", StringComparison.Ordinal)
        && !result.Error.Contains("Fatal Python error", StringComparison.Ordinal);

    // Two at a time: most of what a process takes is the thread that is waited for.
    private static void RunAll(string scenario, string order, string[] ends, Func<TestHostProcess, bool> isRight)
    {
        string library = ScenarioHost.Library;
        string?[] failures = new string?[ends.Length];
        Parallel.For(0, ends.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            TestHostProcess result = ScenarioHost.Run(scenario, order, library, ends[i]);
            failures[i] = isRight(result) ? null : $"{order}, {ends[i]}: {result}";
        });
        string told = string.Join('\n', failures.OfType<string>());
        Assert.AreEqual("", told);
    }
}
