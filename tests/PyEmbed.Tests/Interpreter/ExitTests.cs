namespace PyEmbed.Tests;

/// <summary>Each way in which a process can end with Python in it: right code, all output, in time.</summary>
[TestClass]
public sealed class ExitTests
{
    private const string AllOutput = "buffered;thread;atexit;";

    [TestMethod]
    [DataRow("dispose")]
    [DataRow("dispose-twice")]
    [DataRow("return")]
    [DataRow("exit")]
    [DataRow("exit-thread")]
    [DataRow("exit-while-running")]
    [DataRow("exit-before-use")]
    [DataRow("exit-callback")]
    [DataRow("exit-callback-on-python-thread")]
    [DataRow("exit-while-callback-holds")]
    [DataRow("dispose-then-exit")]
    [DataRow("finalizers")]
    [DataRow("busy-threads")]
    [DataRow("return-after-import-on-other-thread")]
    [DataRow("dispose-after-import-on-other-thread")]
    public void The_process_ends_with_its_code_and_all_output(string scenario)
    {
        TestHostProcess result = TestHostProcess.Run(scenario);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual(AllOutput, result.Output);
        Assert.AreEqual("", result.Error);
    }

    [TestMethod]
    [DataRow("unhandled", "System.InvalidOperationException: nobody catches this")]
    [DataRow("unhandled-holding", "System.InvalidOperationException: nobody catches this")]
    [DataRow("unhandled-python", "PyEmbed.PythonException: ValueError: nobody catches this")]
    public void An_unhandled_exception_loses_no_output(string scenario, string message)
    {
        TestHostProcess result = TestHostProcess.Run(scenario);
        Assert.AreEqual(128 + 6, result.ExitCode, result.ToString());
        Assert.AreEqual(AllOutput, result.Output);
        StringAssert.Contains(result.Error, message);
        Assert.IsFalse(result.Error.Contains("Fatal Python error", StringComparison.Ordinal), result.Error);
    }

    [TestMethod]
    public void Exit_while_holding_the_GIL_keeps_its_code()
    {
        TestHostProcess result = TestHostProcess.Run("exit-holding");
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Error, "PyEmbed: the process ends while a thread holds Python's GIL", result.ToString());
    }

    [TestMethod]
    public void Dispose_waits_for_threads_that_are_not_daemons()
    {
        TestHostProcess result = TestHostProcess.Run("execute", "import threading, time\ndef f():\n    time.sleep(4)\n    print('done')\nthreading.Thread(target=f).start()");
        Assert.AreEqual("done\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void An_executor_with_idle_workers_does_not_keep_the_process()
    {
        const string Code = "import concurrent.futures as f\ne = f.ThreadPoolExecutor()\nprint(list(e.map(str, range(3))))";
        foreach (string scenario in (ReadOnlySpan<string>)["run", "run-without-dispose", "run-on-other-thread"])
        {
            TestHostProcess result = TestHostProcess.Run(scenario, Code);
            Assert.AreEqual(0, result.ExitCode, result.ToString());
            Assert.AreEqual("['0', '1', '2']\n", result.Output);
        }
    }

    [TestMethod]
    public void Exceptions_in_atexit_functions_are_shown_and_end_nothing()
    {
        TestHostProcess result = TestHostProcess.Run("run", "import atexit\natexit.register(print, 'last')\natexit.register(lambda: 1/0)");
        Assert.AreEqual(0, result.ExitCode, result.ToString());
        Assert.AreEqual("last\n", result.Output);
        StringAssert.Contains(result.Error, "ZeroDivisionError");
    }
}
