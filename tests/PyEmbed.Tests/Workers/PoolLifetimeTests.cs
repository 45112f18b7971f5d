namespace PyEmbed.Tests.Workers;

/// <summary>How pools start and stop when somebody is in a hurry, and how they end what goes on for too long. What would wait for ever is ended by the tests' own limit.</summary>
[TestClass]
public sealed class PoolLifetimeTests
{
    private const int Patience = 120_000;
    private static readonly TimeSpan Never = TimeSpan.FromHours(12);
    private static readonly PythonWorkerRequest Endless = PythonWorkerRequest.Script("import time\nwhile True: time.sleep(60)", "endless");

    private static PythonWorkerOptions Options => PythonWorkerPoolTests.Options with { Policy = PythonPolicy.Trusted, StartTime = Never, Limits = new PythonWorkerLimits { Time = Never } };

    [TestMethod]
    [Timeout(Patience)]
    public async Task The_token_ends_a_start_and_its_process()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "process");
        PythonTree tree = PythonFixture.Tree("waits", ("waits.py", $"import os, time\nwith open('{file}.part', 'w') as stream: stream.write(str(os.getpid()))\nos.rename('{file}.part', '{file}')\nwhile True: time.sleep(60)\n"));
        using CancellationTokenSource source = new();
        Task<PythonWorkerPool> start = PythonWorkerPool.StartAsync(Options with { Mounts = [tree], Preload = ["waits"] }, source.Token);
        while (!File.Exists(file))
        {
            await Task.Delay(20);
        }

        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => start);
        if (OperatingSystem.IsLinux())
        {
            string process = File.ReadAllText(file);
            for (int tries = 0; IsRunning(process) && tries < 100; tries++)
            {
                await Task.Delay(100); // It has closed its pipes, and is about to end.
            }

            Assert.IsFalse(IsRunning(process), "the process that was starting");
        }
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task The_token_of_a_stop_ends_a_start_and_the_request_that_waits_for_it()
    {
        using TemporaryFolder folder = new();
        string first = Path.Combine(folder.Path, "first"), second = Path.Combine(folder.Path, "second");
        PythonTree tree = PythonFixture.Tree("once", ("once.py", $"import os, time\nif os.path.exists('{first}'):\n    open('{second}', 'w').close()\n    while True: time.sleep(60)\nopen('{first}', 'w').close()\n"));
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Mounts = [tree], Preload = ["once"] });
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)")));
        Task<PythonWorkerResult> waiting = pool.RunAsync(PythonWorkerRequest.Script("result = 1"));
        while (!File.Exists(second))
        {
            await Task.Delay(20);
        }

        await pool.StopAsync(new CancellationToken(canceled: true));
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => waiting)).Kind);
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task A_stop_in_haste_misses_no_request()
    {
        for (int round = 0; round < 4; round++)
        {
            PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options);
            Task<PythonWorkerException>[] running = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Endless))))];
            while (pool.Statistics.Running == 0)
            {
                await Task.Yield();
            }

            await pool.StopAsync(new CancellationToken(canceled: true));
            foreach (PythonWorkerException error in await Task.WhenAll(running))
            {
                Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, error.Kind);
            }
        }
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task Who_waits_too_long_is_refused()
    {
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Workers = 1, QueueTime = TimeSpan.FromSeconds(0.2) });
        using CancellationTokenSource source = new();
        Task running = pool.RunAsync(Endless, source.Token);
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("result = 1", "late")));
        Assert.AreEqual((PythonWorkerErrorKind.QueueTime, "late"), (error.Kind, error.Request));
        Assert.Contains("it has waited 0.2 s for one of 1 workers. Try later", error.Message);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.AreEqual(1L, (await pool.RunAsync(PythonWorkerRequest.Script("result = 1"))).Value);
        Assert.AreEqual((1L, 0, 0), (pool.Statistics.Failures[PythonWorkerErrorKind.QueueTime], pool.Statistics.Running, pool.Statistics.Queued));
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task Each_kill_is_told_with_its_reason()
    {
        List<string> kills = [];
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Workers = 1, Killed = kills.Add, Limits = new PythonWorkerLimits { Time = Never, CpuTime = TimeSpan.FromSeconds(1), Output = 1000 } });
        await pool.RunAsync(PythonWorkerRequest.Script("result = 1"));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Endless with { Time = TimeSpan.FromSeconds(0.1) }));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("while True: print('x' * 100)")));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("while True: pass")));
        using CancellationTokenSource source = new();
        Task running = pool.RunAsync(Endless, source.Token), queued = pool.RunAsync(Endless, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAsync<OperationCanceledException>(() => queued);
        running = pool.RunAsync(Endless);
        await pool.StopAsync(new CancellationToken(canceled: true));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => running);
        Assert.AreEqual("TimeLimit OutputLimit CpuLimit Canceled PoolStopped", string.Join(' ', kills));
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task Too_much_output_is_an_error_even_where_the_script_has_ended_before_it_could_be_killed()
    {
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Limits = new PythonWorkerLimits { Output = 50_000, Result = 200_000 } });
        for (int round = 0; round < 10; round++)
        {
            await Fails(PythonWorkerErrorKind.OutputLimit, "print('x' * 60000)");
            await Fails(PythonWorkerErrorKind.OutputLimit, "import logging\nlogging.warning('x' * 60000)");
        }

        await Fails(PythonWorkerErrorKind.OutputLimit, "import logging\nwhile True: logging.warning('x')");
        Assert.Contains("more than 8 times 200000 bytes as objects", await Fails(PythonWorkerErrorKind.ResultLimit, "result = [{}] * 60000"));

        async Task<string> Fails(PythonWorkerErrorKind kind, string source)
        {
            PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script(source)));
            Assert.AreEqual(kind, error.Kind, error.Message);
            return error.Message;
        }
    }

    [TestMethod]
    [Timeout(Patience)]
    public async Task A_template_that_says_what_makes_no_sense_fails_its_requests()
    {
        using TemporaryFolder folder = new();
        string interpreter = folder.WriteScript("python", """
            exec python3 -c '
            import os
            def receive(size):
                data = b""
                while len(data) < size: data += os.read(0, size - len(data))
                return data
            def send(kind, number, payload): os.write(1, (len(payload) + 9).to_bytes(4, "little") + bytes([kind]) + number.to_bytes(8, "little") + payload)
            receive(int.from_bytes(receive(8), "little"))
            send(10, 0, b"{\"enforced_by\": []}")
            receive(int.from_bytes(receive(4), "little"))
            send(12, 1, b"")
            receive(1)'
            """);
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Interpreter = interpreter });
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Endless));
        Assert.AreEqual(PythonWorkerErrorKind.Crashed, error.Kind);
        Assert.Contains("what it says cannot be read", error.Message);
    }

    /// <summary>Whether a process is there, and does not only wait to be reaped, which may be for the system's first process to do.</summary>
    private static bool IsRunning(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
