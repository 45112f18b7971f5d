using System.Numerics;
using System.Text.Json;

namespace PyEmbed.Tests.Workers;

/// <summary>Requests, results, errors and the end of pools, with real processes.</summary>
[TestClass]
public sealed class PythonWorkerPoolTests
{
    private static PythonWorkerPool? shared;

    /// <summary>The pool that tests share, and which none of them may spoil.</summary>
    private static PythonWorkerPool Pool => shared!;

    internal static PythonWorkerOptions Options { get; } = new()
    {
        AutoMount = false,
        Workers = 4,
        Mounts =
        [
            PythonFixture.Tree(
                "jobs",
                ("jobs/__init__.py", ""),
                ("jobs/work.py", "def add(a, b=0): return a + b\nclass Box:\n    @staticmethod\n    def same(value): return value\ndef fail():\n    raise LookupError('gone')     # a line to show\ncount = 0\ndef next():\n    global count\n    count += 1\n    return count\n"),
                ("jobs/__main__.py", "import sys\nprint(__name__, sys.argv[1:])\nsys.exit(int(sys.argv[1]))\n")),
        ],
        Limits = new PythonWorkerLimits { Time = TimeSpan.FromSeconds(20), Memory = 256 << 20 },
    };

    [ClassInitialize]
    public static async Task Start(TestContext context) => shared = await PythonWorkerPool.StartAsync(Options);

    [ClassCleanup]
    public static async Task Stop() => await Pool.DisposeAsync();

    [TestMethod]
    public async Task A_function_is_called_with_arguments_and_keywords()
    {
        PythonWorkerResult result = await Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [40], new Dictionary<string, object?> { ["b"] = 2 }));
        Assert.AreEqual(42L, result.Value);
        Assert.IsGreaterThan(TimeSpan.Zero, result.Duration);
        Assert.IsGreaterThan(0L, result.PeakMemory);
    }

    [TestMethod]
    public async Task Values_cross_both_ways()
    {
        BigInteger big = BigInteger.Pow(3, 200);
        using JsonDocument json = JsonDocument.Parse("""{"$": {"$$": [1.5, "\u20ac", null, true]}}""");
        List<object?> values = [null, true, 1, -1L, ulong.MaxValue, big, 0.1, 2.0, "\U0001F40D", new byte[] { 0, 255 }, Array.Empty<byte>(), json.RootElement, new Dictionary<string, object?> { ["$"] = new byte[] { 7 } }];
        var result = (IReadOnlyList<object?>)(await Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:Box.same", [values]))).Value!;
        CollectionAssert.AreEqual(new object?[] { null, true, 1L, -1L, new BigInteger(ulong.MaxValue), big, 0.1, 2.0, "\U0001F40D" }, result.Take(9).ToArray());
        CollectionAssert.AreEqual(new byte[] { 0, 255 }, (byte[])result[9]!);
        Assert.IsEmpty((byte[])result[10]!);
        var inner = (IReadOnlyDictionary<string, object?>)((IReadOnlyDictionary<string, object?>)result[11]!)["$"]!;
        CollectionAssert.AreEqual(new object?[] { 1.5, "\u20ac", null, true }, ((IReadOnlyList<object?>)inner["$$"]!).ToArray());
        CollectionAssert.AreEqual(new byte[] { 7 }, (byte[])((IReadOnlyDictionary<string, object?>)result[12]!)["$"]!);

        PythonWorkerResult types = await Pool.RunAsync(PythonWorkerRequest.Script("result = [type(v).__name__ for v in values]", variables: new Dictionary<string, object?> { ["values"] = values }));
        Assert.AreEqual("NoneType bool int int int int float float str bytes bytes dict dict", string.Join(' ', (IReadOnlyList<object?>)types.Value!));
    }

    [TestMethod]
    public async Task What_is_no_value_is_refused()
    {
        object?[] loop = new object?[1];
        loop[0] = loop;
        foreach (object? value in (object?[])[new object(), double.NaN, "\ud800", loop, new Dictionary<int, int> { [1] = 2 }, BigInteger.Pow(10, 5000)])
        {
            await Assert.ThrowsExactlyAsync<ArgumentException>(() => Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [value])));
        }

        foreach ((string expression, string part) in (ReadOnlySpan<(string, string)>)[
            ("{'a': [1, object()]}", "an object of type builtins.object, at ['a'][1]"), ("float('inf')", "float inf"), ("'\\ud800'", "lone surrogate"), ("{1: 2}", "key of type int"),
            ("{1, 2}", "builtins.set"), ("10**5000", "an integer of 16610 bits"), ("(a := []).append(a) or a", "nested deeper than 60")])
        {
            PythonWorkerException error = Failure(PythonWorkerRequest.Script($"result = {expression}", "maker"));
            Assert.AreEqual(PythonWorkerErrorKind.NoValue, error.Kind, error.Message);
            Assert.Contains(part, error.Message);
            Assert.StartsWith("The request 'maker' failed: its result cannot be handed over", error.Message);
        }
    }

    [TestMethod]
    [DataRow("""["\ud800"]""", "lone surrogate")]
    [DataRow("""{"\udfff": 1}""", "lone surrogate")]
    [DataRow("[1e999]", "beyond what a double holds")]
    [DataRow("-1@", "An integer of 4301 digits")]
    public async Task What_is_no_value_is_refused_in_JSON_too(string json, string text)
    {
        using JsonDocument document = JsonDocument.Parse(json.Replace("@", new string('0', 4300), StringComparison.Ordinal));
        ArgumentException error = await Assert.ThrowsExactlyAsync<ArgumentException>(() => Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [document.RootElement])));
        Assert.Contains(text, error.Message);
    }

    [TestMethod]
    public async Task Containers_lie_sixty_deep_and_no_deeper()
    {
        object? list = null, dictionary = 1;
        for (int depth = 1; depth <= 60; depth++)
        {
            list = new List<object?> { list };
            dictionary = new Dictionary<string, object?> { ["a"] = dictionary };
        }

        foreach (object? value in (object?[])[list, dictionary, JsonDocument.Parse(JsonSerializer.Serialize(list)).RootElement])
        {
            object? same = (await Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:Box.same", [value]))).Value;
            Assert.AreEqual(JsonSerializer.Serialize(value), JsonSerializer.Serialize(same));
            ArgumentException error = await Assert.ThrowsExactlyAsync<ArgumentException>(() => Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:Box.same", [new[] { value }])));
            Assert.Contains("deeper than 60", error.Message);
        }
    }

    [TestMethod]
    [DataRow("__name__")]
    [DataRow("__builtins__")]
    public void Variables_have_no_names_that_are_Pythons_own(string name)
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => PythonWorkerRequest.Script("", variables: new Dictionary<string, object?> { [name] = 1 }));
        Assert.Contains($"'{name}'", error.Message);
    }

    [TestMethod]
    public async Task Numbers_of_JSON_arrive_as_they_are()
    {
        string digits = new('9', 4300);
        using JsonDocument document = JsonDocument.Parse($$"""{"a": [-{{digits}}, 1e2, 0.1, -0.0, "\ud83d\ude00"]}""");
        PythonWorkerResult result = await Pool.RunAsync(PythonWorkerRequest.Script(
            $"assert value == {{'a': [-{digits}, 100.0, 0.1, 0.0, chr(0x1f600)]}}, value\nresult = [type(one).__name__ for one in value['a']]",
            variables: new Dictionary<string, object?> { ["value"] = document.RootElement }));
        CollectionAssert.AreEqual(new object[] { "int", "float", "float", "float", "str" }, ((IReadOnlyList<object?>)result.Value!).ToArray());
    }

    [TestMethod]
    public async Task A_script_has_variables_arguments_input_output_and_a_log()
    {
        PythonWorkerRequest request = PythonWorkerRequest.Script(
            """
            import sys, logging
            print(__name__, sys.argv, n)
            print(sys.stdin.read(), file=sys.stderr)
            logging.getLogger('app.db').warning('slow: %d ms', 7)
            try: 1 / 0
            except ZeroDivisionError: logging.exception('odd')
            logging.debug('not shown')
            result = n * 2
            """, "task.py", new Dictionary<string, object?> { ["n"] = 21 }, "x", "y") with { Input = "text \u20ac" };
        PythonWorkerResult result = await Pool.RunAsync(request);
        Assert.AreEqual(42L, result.Value);
        Assert.AreEqual("__main__ ['task.py', 'x', 'y'] 21\n", result.Output);
        Assert.AreEqual("text \u20ac\n", result.Error);
        Assert.HasCount(2, result.Logs);
        Assert.AreEqual((30, "app.db", "slow: 7 ms", null), (result.Logs[0].Level, result.Logs[0].Logger, result.Logs[0].Message, result.Logs[0].Exception));
        Assert.Contains("ZeroDivisionError", result.Logs[1].Exception!);
        Assert.IsLessThan(TimeSpan.FromMinutes(5), (DateTimeOffset.UtcNow - result.Logs[0].Time).Duration());
    }

    [TestMethod]
    public async Task A_module_runs_as_a_program()
    {
        PythonWorkerResult result = await Pool.RunAsync(PythonWorkerRequest.Module("jobs", "0"));
        Assert.AreEqual("__main__ ['0']\n", result.Output);
        Assert.IsNull(result.Value);
        PythonWorkerException error = Failure(PythonWorkerRequest.Module("jobs", "3"));
        Assert.AreEqual((PythonWorkerErrorKind.Raised, "SystemExit", "-m jobs"), (error.Kind, error.PythonType, error.Request));
        Assert.AreEqual("__main__ ['3']\n", error.Output);
        Assert.Contains("No module named jobs.none", Failure(PythonWorkerRequest.Module("jobs.none")).Message);
    }

    [TestMethod]
    public async Task The_plain_modules_of_the_standard_library_are_there_and_no_others()
    {
        PythonWorkerResult result = await Pool.RunAsync(PythonWorkerRequest.Script("import csv, decimal, difflib, hashlib, statistics, zoneinfo\nresult = str(decimal.Decimal('0.1') * 3)"));
        Assert.AreEqual("0.3", result.Value);
        Assert.Contains("import of 'os' is denied by the import policy", Failure(PythonWorkerRequest.Script("import os")).Message);
    }

    [TestMethod]
    public void An_exception_comes_with_its_traceback_and_source_lines()
    {
        PythonWorkerException error = Failure(PythonWorkerRequest.Function("jobs.work:fail"));
        Assert.AreEqual((PythonWorkerErrorKind.Raised, "LookupError", "jobs.work:fail"), (error.Kind, error.PythonType, error.Request));
        Assert.AreEqual("The request 'jobs.work:fail' failed: LookupError: gone.", error.Message);
        Assert.StartsWith("Traceback (most recent call last):\n", error.PythonTraceback!);
        Assert.Contains("# a line to show", error.PythonTraceback!);
        Assert.DoesNotContain("_worker_child", error.PythonTraceback!);

        error = Failure(PythonWorkerRequest.Script("x = 1\nraise ValueError(x)", "mine"));
        Assert.Contains("File \"<mine>\", line 2, in <module>\n    raise ValueError(x)", error.PythonTraceback!);
        Assert.AreEqual("SyntaxError", Failure(PythonWorkerRequest.Script("x = (")).PythonType);
        Assert.AreEqual("AttributeError", Failure(PythonWorkerRequest.Function("jobs.work:none")).PythonType);
        Assert.AreEqual("ModuleNotFoundError", Failure(PythonWorkerRequest.Function("jobs.none:none")).PythonType);
        Assert.Contains("whose text cannot be made", Failure(PythonWorkerRequest.Script("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E")).Message);
    }

    [TestMethod]
    public async Task Each_request_has_a_process_of_its_own()
    {
        foreach (int _ in Enumerable.Range(0, 3))
        {
            Assert.AreEqual(1L, (await Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:next"))).Value);
        }
    }

    [TestMethod]
    public async Task Sixty_at_a_time_get_each_its_own_answer()
    {
        PythonWorkerResult[] results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [i, new BigInteger(1000)]))));
        CollectionAssert.AreEqual(Enumerable.Range(1000, 60).Select(i => (object)(long)i).ToArray(), results.Select(result => result.Value).ToArray());
    }

    [TestMethod]
    public async Task Large_requests_and_results_cross()
    {
        byte[] bytes = new byte[3 << 20];
        new Random(1).NextBytes(bytes);
        PythonWorkerResult result = await Pool.RunAsync(PythonWorkerRequest.Function("jobs.work:Box.same", [bytes]));
        CollectionAssert.AreEqual(bytes, (byte[])result.Value!);
        Assert.AreEqual(PythonWorkerErrorKind.ResultLimit, Failure(PythonWorkerRequest.Script("result = b'x' * (5 << 20)")).Kind);
        Assert.AreEqual(PythonWorkerErrorKind.ResultLimit, Failure(PythonWorkerRequest.Script("result = b'x' * (50 << 20)")).Kind);
    }

    [TestMethod]
    public async Task A_token_kills_what_runs_and_takes_out_of_the_queue()
    {
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Workers = 1, QueueLimit = 1 });
        using CancellationTokenSource first = new(), second = new();
        Task running = pool.RunAsync(PythonWorkerRequest.Script("while True: pass"), first.Token);
        Task queued = pool.RunAsync(PythonWorkerRequest.Script("pass"), second.Token);
        PythonWorkerException full = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("pass")));
        Assert.AreEqual(PythonWorkerErrorKind.QueueFull, full.Kind);
        Assert.AreEqual((1, 1), (pool.Statistics.Running, pool.Statistics.Queued));
        await second.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => queued);
        await first.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.AreEqual(1L, (await pool.RunAsync(PythonWorkerRequest.Script("result = 1"))).Value);
        PythonWorkerStatistics statistics = pool.Statistics;
        Assert.AreEqual((1L, 2L, 1L, 0, 0, 1), (statistics.Succeeded, statistics.Canceled, statistics.Failures[PythonWorkerErrorKind.QueueFull], statistics.Running, statistics.Queued, statistics.Starts));
    }

    [TestMethod]
    public async Task Stopping_lets_what_runs_end_and_refuses_the_rest()
    {
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Workers = 1 });
        Task<PythonWorkerResult> running = pool.RunAsync(PythonWorkerRequest.Script("import time; time.sleep(0.3); result = 'done'"));
        Task<PythonWorkerResult> queued = pool.RunAsync(PythonWorkerRequest.Script("pass"));
        await pool.DisposeAsync();
        Assert.AreEqual("done", (await running).Value);
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => queued)).Kind);
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("pass")))).Kind);
        await pool.DisposeAsync();
    }

    [TestMethod]
    public async Task Stopping_in_haste_kills_what_runs()
    {
        PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options);
        Task<PythonWorkerResult> running = pool.RunAsync(PythonWorkerRequest.Script("while True: pass"));
        await pool.StopAsync(new CancellationToken(canceled: true));
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => running)).Kind);
    }

    [TestMethod]
    public async Task A_pool_that_cannot_start_says_why()
    {
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => PythonWorkerPool.StartAsync(Options with { Preload = ["jobs.none"] }));
        Assert.AreEqual((PythonWorkerErrorKind.StartFailed, "ModuleNotFoundError"), (error.Kind, error.PythonType));
        Assert.Contains("jobs.none", error.Message);
        using TemporaryFolder folder = new();
        error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => PythonWorkerPool.StartAsync(Options with { Interpreter = folder.WriteScript("python", "echo no such thing >&2; exit 3") }));
        Assert.Contains("exit code 3. It said: no such thing", error.Message);
        error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => PythonWorkerPool.StartAsync(Options with { Interpreter = folder.WriteScript("slow", "exec sleep 60"), StartTime = TimeSpan.FromSeconds(0.5) }));
        Assert.Contains("was not ready within 0.5 s", error.Message);
        ArgumentException wrong = await Assert.ThrowsExactlyAsync<ArgumentException>(() => PythonWorkerPool.StartAsync(Options with { Interpreter = "/no/python", Workers = 0, Limits = new() { OpenFiles = 3 } }));
        Assert.AreEqual(
            "PythonWorkerOptions.Interpreter is '/no/python', where no file is: give the path of a python program, or leave it out to have one found. " +
            "PythonWorkerOptions.Workers is 0: give 1 to 1000, or leave it out for the default. PythonWorkerLimits.OpenFiles is 3: give 16 or more, or leave it out for the default.", wrong.Message);
        error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => PythonWorkerPool.StartAsync(Options with { Interpreter = folder.WriteScript("few", "ulimit -n 64; exec python3 \"$@\""), Workers = 30, Spares = 2 }));
        Assert.Contains("32 workers and spares need 160 open files, and this process may have 64 (RLIMIT_NOFILE): raise that", error.Message);
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => PythonWorkerPool.StartAsync(Options with { SearchPaths = ["/x"] }));
    }

    [TestMethod]
    public async Task Where_the_template_dies_its_requests_fail_and_the_next_has_another()
    {
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Policy = PythonPolicy.Trusted, Preload = ["jobs.work"] });
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(PythonWorkerRequest.Script("import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)", "killer")));
        Assert.AreEqual((PythonWorkerErrorKind.Crashed, "killer"), (error.Kind, error.Request));
        Assert.AreEqual(3L, (await pool.RunAsync(PythonWorkerRequest.Function("jobs.work:add", [1, 2]))).Value);
        Assert.AreEqual(2, pool.Statistics.Starts);
    }

    [TestMethod]
    public async Task Trees_are_mapped_from_their_files()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "tree.zip");
        using (System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.Open(file, System.IO.Compression.ZipArchiveMode.Create))
        {
            using StreamWriter writer = new(zip.CreateEntry("filed.py").Open());
            writer.Write("value = 5\n");
        }

        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with { Policy = PythonPolicy.Trusted, Mounts = [PythonTree.FromArchive(file)] });
        PythonWorkerResult result = await pool.RunAsync(PythonWorkerRequest.Script("import filed\nresult = [filed.value, any('tree.zip' in line for line in open('/proc/self/maps'))]"));
        CollectionAssert.AreEqual(new object?[] { 5L, true }, ((IReadOnlyList<object?>)result.Value!).ToArray());
    }

    internal static PythonWorkerException Failure(PythonWorkerRequest request) =>
        Assert.ThrowsExactlyAsync<PythonWorkerException>(() => Pool.RunAsync(request)).GetAwaiter().GetResult();

}
