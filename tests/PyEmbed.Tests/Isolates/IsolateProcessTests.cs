using System.Globalization;
using PyEmbed.Tests;

namespace PyEmbed.Isolates.Tests;

/// <summary>What only a whole process shows of isolates.</summary>
[TestClass]
public sealed class IsolateProcessTests
{
    [TestMethod]
    [DataRow("return")]
    [DataRow("exit")]
    [DataRow("dispose")]
    public void Isolates_end_with_the_process(string how)
    {
        TestHostProcess result = TestHostProcess.Run("isolate-exit", how);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual("", result.Error);

        // That of the one that is busy depends on whether it was interrupted, which only Dispose does.
        StringAssert.Contains(result.Output, "buffered;atexit;", StringComparison.Ordinal);
    }

    // An import must not stay locked, nor a thread be interrupted that the code starts.
    [TestMethod]
    [DataRow("imports", "import sys; sys.modules.pop('colorsys', None); import colorsys")]
    [DataRow("threads", "import _thread; lock = _thread.allocate_lock(); lock.acquire(); _thread.start_new_thread(lambda: lock.release(), ()); lock.acquire()")]
    public void Cancellation_ends_what_runs_and_nothing_else(string what, string code)
    {
        TestHostProcess result = TestHostProcess.Run("isolate-cancelled", "200", code);
        Assert.AreEqual((0, "done\n", ""), (result.ExitCode, result.Output, result.Error), what);
    }

    // What C code keeps in the process must not be what an isolate had.
    [TestMethod]
    [DataRow("characters", @"assert br'\N{BULLET}'.decode('unicode_escape') == chr(0x2022)")]
    [DataRow("dates", "import datetime, time\nassert datetime.datetime.strptime('2024-02-29', '%Y-%m-%d').day == time.strptime('29', '%d').tm_mday == 29")]
    [DataRow("time zones", "import datetime, pickle, zoneinfo\nzone = pickle.loads(pickle.dumps(zoneinfo.ZoneInfo('UTC')))\nassert not datetime.datetime(2024, 1, 1, tzinfo=zone).utcoffset()")]
    [DataRow("decimals", "import decimal, numbers\nvalue = decimal.Decimal('1.5')\nassert type(value.as_tuple()) is decimal.DecimalTuple and isinstance(value, numbers.Number)\nassert decimal.DefaultContext.prec == 28\ndecimal.DefaultContext.prec = 28")]
    [DataRow("tasks", """
        import asyncio, threading
        assert threading.current_thread() is threading.main_thread() or not threading.current_thread().daemon
        async def task(): await asyncio.sleep(0); return len(asyncio.all_tasks())
        async def main(): return await asyncio.gather(task(), asyncio.wait_for(asyncio.create_task(task()), 60))
        assert all(asyncio.run(main()))
        """)]
    [DataRow("errors", """
        import queue, socket, struct, zlib
        for error, call in ((queue.Empty, queue.SimpleQueue().get_nowait), (struct.error, lambda: struct.pack('i', '')), (socket.gaierror, lambda: socket.getaddrinfo('', None, family=99)), (zlib.error, lambda: zlib.decompress(b'x'))):
            try:
                call()
            except error:
                continue
            raise AssertionError(error)
        """)]
    public void What_an_isolate_has_used_serves_others_after_its_end(string what, string code)
    {
        TestHostProcess result = TestHostProcess.Run("isolate-turns", code);
        Assert.AreEqual((0, "done\n", ""), (result.ExitCode, result.Output, result.Error), what);
    }

    // Modules that keep something in the process, that come in two kinds, or that are refused.
    [TestMethod]
    [DataRow("own")]
    [DataRow("shared")]
    public void Isolates_are_made_used_cancelled_and_disposed_side_by_side(string gil)
    {
        string[] modules = ["json", "threading", "re", "datetime", "zoneinfo", "decimal", "sqlite3", "curses", "readline", "asyncio", "ssl", "ctypes", "xml.etree.ElementTree"];
        TestHostProcess result = TestHostProcess.Run("isolate-stress", ["24", "4", gil, .. modules]);
        Assert.AreEqual((0, "done\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [TestMethod]
    public void A_hundred_thousand_calls_over_a_pool_leave_nothing_behind()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("The test reads /proc/self/statm.");
        }

        TestHostProcess result = TestHostProcess.Run(new Dictionary<string, string?> { ["DOTNET_GCgen0size"] = "100000" }, "isolate-calls", "100000");
        Assert.AreEqual(0, result.ExitCode, result.ToString());

        // One small object of Python a call would be 5 MB; what .NET keeps for itself is less than three, however many calls there are.
        Assert.IsLessThan(5000, int.Parse(result.Output, CultureInfo.InvariantCulture), $"KB: {result.Output}");
    }

    // From 3.12 on CPython frees less of an interpreter the more modules it has had, so the bare one imports the same.
    [TestMethod]
    [DataRow("shared", 60)]
    [DataRow("own", 30)]
    public void An_isolate_leaves_no_more_memory_behind_than_a_bare_interpreter(string gil, int count)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("The test reads /proc/self/statm.");
        }

        bool leaks = PythonFixture.Python.Evaluate<bool>("__import__('sys').version_info >= (3, 12)");
        if (gil == "own" && !leaks)
        {
            Assert.Inconclusive("CPython has one GIL before 3.12.");
        }

        TestHostProcess result = TestHostProcess.Run(new Dictionary<string, string?> { ["DOTNET_GCgen0size"] = "100000" }, "isolate-growth", $"{(leaks ? count : 150)}", gil);
        Assert.AreEqual(0, result.ExitCode, result.ToString());
        double[] growth = [.. result.Output.Split().Where(word => word != "").Select(word => double.Parse(word, CultureInfo.InvariantCulture))];

        // The importer is seven modules that the bare interpreter has not, of which CPython leaves some KB each, and with a GIL of its own memory in whole arenas.
        double importer = leaks ? gil == "own" ? 200 : 80 : 8;
        Assert.IsLessThanOrEqualTo(Math.Max(growth[1], 0) + importer, growth[2], $"KB a cycle, bare, bare with the same modules, and isolate: {result.Output}");
    }
}
