namespace PyEmbed.Tests.Workers;

/// <summary>Scripts that do harm, each of which ends in the one error that is due to it, while others go on; and nothing is left over.</summary>
[TestClass]
public sealed class HostileScriptTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static PythonWorkerPool? shared;

    private static PythonWorkerPool Pool => shared!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => shared = await PythonWorkerPool.StartAsync(PythonWorkerPoolTests.Options with
    {
        Limits = new PythonWorkerLimits { Time = TimeSpan.FromSeconds(20), CpuTime = TimeSpan.FromSeconds(2), Memory = 128 << 20, Output = 100_000 },
    });

    [ClassCleanup]
    public static async Task Stop() => await Pool.DisposeAsync();

    [TestMethod]
    [DataRow("while True: pass", DisplayName = "an endless loop")]
    [DataRow("7 ** 50000000", DisplayName = "a power that C code computes without end")]
    [DataRow("import re; re.match('(a|a)*b', 'a' * 60)", DisplayName = "a regular expression that backtracks without end")]
    [DataRow("import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass", DisplayName = "a sleep that catches everything")]
    [DataRow("import sys\nfor n in 0, 1, 2, 3: open(n, closefd=True).close() if n in (0,) else open(n, 'wb', 0, closefd=True).close()\nwhile True: pass", DisplayName = "a loop with its pipes closed")]
    public async Task Runs_into_the_time_limit(string source)
    {
        Task<PythonWorkerResult> good = Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [1, 2]));
        await Fails(PythonWorkerErrorKind.TimeLimit, source, Short);
        Assert.AreEqual(3L, (await good).Value);
    }

    [TestMethod]
    public Task Runs_into_the_processor_limit() => Fails(PythonWorkerErrorKind.CpuLimit, "while True: pass", TimeSpan.FromMinutes(5));

    [TestMethod]
    [DataRow("x = b'x' * (1 << 30)")]
    [DataRow("x = []\nwhile True: x.append(b'x' * (1 << 20))")]
    [DataRow("x = [0]\nwhile True: x += x")]
    public Task Runs_into_the_memory_limit(string source) => Fails(PythonWorkerErrorKind.MemoryLimit, source);

    [TestMethod]
    [DataRow("while True: print('x' * 1000)")]
    [DataRow("import sys\nwhile True: sys.stderr.write('x' * 1000)")]
    [DataRow("import logging\nfor i in range(2000): logging.warning('x' * 100)")]
    public Task Runs_into_the_output_limit(string source) => Fails(PythonWorkerErrorKind.OutputLimit, source);

    [TestMethod]
    public async Task Recursion_ends_in_an_exception_or_a_crash()
    {
        Assert.AreEqual("RecursionError", (await Fails(PythonWorkerErrorKind.Raised, "def f(): f()\nf()")).PythonType);
        PythonWorkerException error = await Fails(null, "import sys\nsys.setrecursionlimit(10**8)\ndef f(): return [f()]\nf()");
        Assert.IsTrue(error.Kind is PythonWorkerErrorKind.Crashed or PythonWorkerErrorKind.MemoryLimit or PythonWorkerErrorKind.CpuLimit or PythonWorkerErrorKind.Raised, error.Message);
    }

    [TestMethod]
    [DataRow("import sys; sys.exit('bye')", PythonWorkerErrorKind.Raised, "SystemExit: bye")]
    [DataRow("raise KeyboardInterrupt", PythonWorkerErrorKind.Raised, "KeyboardInterrupt")]
    [DataRow("raise BaseExceptionGroup('x', [ValueError()]) if 'BaseExceptionGroup' in dir(__builtins__) else ValueError('x')", PythonWorkerErrorKind.Raised, "x")]
    [DataRow("import sys; sys.modules['posix']._exit(0)", PythonWorkerErrorKind.Crashed, "ended with exit code 0")]
    [DataRow("import sys; sys.modules['posix']._exit(7)", PythonWorkerErrorKind.Crashed, "ended with exit code 7")]
    [DataRow("import sys; sys.modules['posix'].abort()", PythonWorkerErrorKind.Crashed, "SIGABRT")]
    [DataRow("open(3, 'wb', 0, closefd=False).write(b'garbage, no frame')\nimport sys; sys.modules['posix']._exit(0)", PythonWorkerErrorKind.BadAnswer, "frame of kind 97")]
    [DataRow("open(3, 'wb', 0, closefd=False).write(b'\\x05\\0\\0\\0\\x09abcd')", PythonWorkerErrorKind.BadAnswer, "frame of kind 9")]
    [DataRow("open(3, 'wb', 0, closefd=False).write(b'\\0\\0\\0\\0')", PythonWorkerErrorKind.BadAnswer, "frame of 0 bytes")]
    [DataRow("open(3, 'wb', 0, closefd=False).write(b'\\x08\\0\\0\\0\\x02\\x03\\0\\0\\0[1]' * 2)", PythonWorkerErrorKind.BadAnswer, "is no answer")]
    [DataRow("open(3, 'wb', 0, closefd=False).write(b'\\x09\\0\\0\\0\\x02\\x04\\0\\0\\0null')", PythonWorkerErrorKind.BadAnswer, "something follows its answer")]
    [DataRow("d = b'[' * 100 + b']' * 100; open(3, 'wb', 0, closefd=False).write((205).to_bytes(4, 'little') + b'\\x02' + (200).to_bytes(4, 'little') + d)", PythonWorkerErrorKind.BadAnswer, "JSON is damaged")]
    [DataRow("d = b'{\"$\": 0}'; open(3, 'wb', 0, closefd=False).write((13).to_bytes(4, 'little') + b'\\x02' + (8).to_bytes(4, 'little') + d)", PythonWorkerErrorKind.BadAnswer, "bytes that it does not have")]
    [DataRow("import sys; del sys.modules['pyembed._worker_values'].dumps", PythonWorkerErrorKind.Crashed, "exit code 70")]
    public async Task Ends_in_one_error(string source, PythonWorkerErrorKind kind, string text)
    {
        PythonWorkerException error = await Fails(kind, source);
        Assert.Contains(text, error.Message);
    }

    [TestMethod]
    public async Task Nothing_is_left_when_the_pool_has_stopped()
    {
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(PythonWorkerPoolTests.Options with { Policy = PythonPolicy.Trusted });
        const string source = """
            import os, sys
            if not os.fork():
                while True: pass
            result = [os.getppid(), os.getpid()]
            """;
        var processes = (IReadOnlyList<object?>)(await pool.RunAsync(PythonWorkerRequest.Script(source))).Value!;
        for (int tries = 0; Group((long)processes[1]!).Any() && tries < 100; tries++)
        {
            await Task.Delay(100); // It was killed, and takes a moment to end.
        }

        Assert.IsEmpty(Group((long)processes[1]!), "a child that a request has left behind");
        Assert.HasCount(1, Processes().Where(process => process.Id == (long)processes[0]!));
        await pool.DisposeAsync();
        Assert.IsEmpty(Processes().Where(process => process.Id == (long)processes[0]! || process.Parent == (long)processes[0]!), "the template and its spares");
    }

    [TestMethod]
    public async Task A_fork_bomb_ends_with_its_request()
    {
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(PythonWorkerPoolTests.Options with { Policy = PythonPolicy.Trusted });
        // Of a few dozen processes, each in a session of its own, whose parents end at once.
        PythonWorkerResult result = await pool.RunAsync(PythonWorkerRequest.Script("""
            import os, time
            for _ in range(5):
                if not os.fork():
                    os.setsid()
                    for number in range(10):
                        if not os.fork():
                            os.setsid()
                            for number in 1, 2, 3: os.close(number)
                            time.sleep(600)
                    os._exit(0)
            time.sleep(0.2)
            result = os.getppid()
            """));
        long template = (long)result.Value!;
        for (int tries = 0; Processes().Any(process => process.Parent == template && !IsSpare(process)) && tries < 100; tries++)
        {
            await Task.Delay(100);
        }

        Assert.IsEmpty(Processes().Where(process => process.Parent == template && !IsSpare(process)));
        Assert.AreEqual(1L, (await pool.RunAsync(PythonWorkerRequest.Script("result = 1"))).Value);
    }

    [TestMethod]
    public async Task A_thread_bomb_ends_at_its_limit()
    {
        if (!Pool.EnforcedBy.Contains("supervisor"))
        {
            Assert.Inconclusive("This kernel does not let threads be counted.");
        }

        PythonWorkerException error = await Fails(PythonWorkerErrorKind.Raised, """
            import sys
            thread = sys.modules['_thread']
            thread.stack_size(1 << 16)
            lock = thread.allocate_lock()
            lock.acquire()
            started = 0
            while True:
                try: thread.start_new_thread(lock.acquire, ())
                except RuntimeError as error: raise ValueError(f'{started}: {error}')
                started += 1
            """);
        Assert.StartsWith("63: can't start new thread", error.PythonMessage!);
    }

    [TestMethod]
    [DataRow("host")]
    [DataRow("supervisor")]
    [DataRow("host", "supervisor")]
    [DataRow("host", "template")]
    [DataRow("supervisor", "template")]
    public void Nothing_is_left_where_processes_are_killed(params string[] victims)
    {
        TestHostProcess host = TestHostProcess.Run("pool", $$"""
            import os, signal, sys
            def parent(process):
                with open(f'/proc/{process}/stat') as file: return int(file.read().rpartition(') ')[2].split()[1])
            template = os.getppid()
            supervisor = parent(template)
            host = parent(supervisor)
            os.write(os.open(f'/proc/{host}/fd/1', os.O_WRONLY), b'%d %d %d\n' % (supervisor, template, os.getpid()))
            for victim in [{{string.Join(", ", victims)}}]: os.kill(victim, signal.SIGKILL)
            while True: pass
            """);
        if (victims.Contains("host"))
        {
            Assert.AreEqual(137, host.ExitCode, host.ToString());
        }
        else
        {
            Assert.AreNotEqual(0, host.ExitCode);
            Assert.Contains("the process that workers are forked from ended", host.Error);
        }

        long[] processes = [.. host.Output.Split('\n')[0].Split(' ').Select(long.Parse)];
        for (int tries = 0; Processes().Any(process => processes.Contains(process.Id)) && tries < 100; tries++)
        {
            Thread.Sleep(100);
        }

        Assert.IsEmpty(Processes().Where(process => processes.Contains(process.Id) || processes.Contains(process.Parent)));
    }

    /// <summary>A spare leads a group of its own and has its pipes.</summary>
    private static bool IsSpare((long Id, long Parent, long Group) process)
    {
        try
        {
            return Directory.GetFiles($"/proc/{process.Id}/fd").Length > 1;
        }
        catch (IOException)
        {
            return true; // It has ended.
        }
    }

    private static IEnumerable<(long Id, long Parent, long Group)> Group(long leader) => Processes().Where(process => process.Group == leader);

    /// <summary>The system's processes, but those that have ended and wait to be reaped.</summary>
    private static List<(long Id, long Parent, long Group)> Processes()
    {
        List<(long, long, long)> found = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (long.TryParse(Path.GetFileName(folder), out long id))
            {
                try
                {
                    string[] fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
                    if (fields[0] != "Z")
                    {
                        found.Add((id, long.Parse(fields[1]), long.Parse(fields[2])));
                    }
                }
                catch (IOException)
                {
                    // It has ended.
                }
            }
        }

        return found;
    }

    private static async Task<PythonWorkerException> Fails(PythonWorkerErrorKind? kind, string source, TimeSpan? time = null)
    {
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => Pool.RunAsync(PythonWorkerRequest.Script(source, "hostile") with { Time = time }));
        Assert.AreEqual(kind ?? error.Kind, error.Kind, $"{error.Message}\n{error.PythonTraceback}\n{error.Error}");
        Assert.AreEqual("hostile", error.Request);
        return error;
    }
}
