using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>Trusted scripts inside the host's process. CPython is started once, by the first host, and the others use it.</summary>
[TestClass]
public sealed class InProcessTests
{
    [TestMethod]
    public async Task Scripts_run_at_the_same_time_with_values_output_and_errors()
    {
        using Barrier together = new(3);
        await using var application = await Start(new() { ["Isolates"] = "3", ["Output"] = "20", ["OwnGil"] = "true" }, configure: options => options.NativeModules["meeting"] = module => module.AddFunction("meet", () =>
        {
            using IDisposable threads = PythonInterpreter.Current!.AllowThreads();
            return together.SignalAndWait(TimeSpan.FromMinutes(1));
        }));
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        PythonScript good = scripts.Interpreter.CompileScript("import meeting, sys\nassert meeting.meet()\nprint('out', n)\nprint('err', file=sys.stderr)\nresult = {'n': n + 1, 'given': given}", "good");
        JsonElement given = JsonSerializer.Deserialize<JsonElement>("""[1, 2.5, "é", null, true, {"a": 123456789012345678901}]""");

        // All three are in it at the same time, or none comes out.
        PythonScriptResult[] results = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => scripts.RunAsync(good, new Dictionary<string, object?> { ["n"] = n, ["given"] = given })));
        for (int n = 0; n < 3; n++)
        {
            Assert.AreEqual(($"out {n}\n", "err\n"), (results[n].Output, results[n].Error));
            var value = (Dictionary<string, object?>)results[n].Value!;
            Assert.AreEqual(n + 1L, value["n"]);
            Assert.AreEqual("[1,2.5,\"\\u00E9\",null,true]", JsonSerializer.Serialize(((List<object?>)value["given"]!)[..5]));
            Assert.AreEqual("123456789012345678901", ((Dictionary<string, object?>)((List<object?>)value["given"]!)[5]!)["a"]!.ToString());
        }

        PythonScriptException error = await Assert.ThrowsExactlyAsync<PythonScriptException>(() => scripts.RunAsync(scripts.Interpreter.CompileScript("print('x' * 100)\ndef half(n): return n / 0\nhalf(2)", "bad")));
        Assert.AreEqual(("The script 'bad' has failed: ZeroDivisionError: division by zero", "ZeroDivisionError", "division by zero"), (error.Message, error.PythonType, error.PythonMessage));
        Assert.Contains("File \"<bad>\", line 2, in half\n    def half(n): return n / 0\n", error.PythonTraceback);
        Assert.AreEqual("xxxxxxxxxxxxxxxxxxxx\n[81 more characters]", error.Output);
        await Assert.ThrowsExactlyAsync<InvalidCastException>(() => scripts.RunAsync(scripts.Interpreter.CompileScript("result = {1}", "no value")));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => scripts.RunAsync(good, new Dictionary<string, object?> { ["__builtins__"] = 1 }));
        foreach (string json in (string[])["\"\\ud800\"", "1e999", new string('9', 5000)])
        {
            Dictionary<string, object?> variables = new() { ["n"] = JsonSerializer.Deserialize<JsonElement>(json) };
            await Assert.ThrowsExactlyAsync<ArgumentException>(() => scripts.RunAsync(good, variables));
        }

        await application.StopAsync();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => scripts.RunAsync(good));
    }

    [TestMethod]
    public async Task A_token_interrupts_what_runs_and_what_waits()
    {
        using SemaphoreSlim begun = new(0);
        await using var application = await Start(new() { ["Isolates"] = "1" }, configure: options => options.NativeModules["told"] = module => module.AddFunction("begun", () => { begun.Release(); }));
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        PythonScript endless = scripts.Interpreter.CompileScript("import told\ntold.begun()\nwhile True: pass", "endless");
        using CancellationTokenSource first = new(), second = new();
        Task running = scripts.RunAsync(endless, cancellationToken: first.Token);
        await begun.WaitAsync();
        Task waiting = scripts.RunAsync(endless, cancellationToken: second.Token), next = scripts.RunAsync(scripts.Interpreter.CompileScript("pass", "next"));
        Assert.AreEqual((1, 2), (scripts.Running, scripts.Queued));
        await second.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        await first.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        await next;
        await application.StopAsync();
    }

    [TestMethod]
    public async Task An_isolate_is_prepared_once_though_it_failed_before_and_callers_leave_meanwhile()
    {
        Records records = new();
        using SemaphoreSlim begun = new(0);
        bool isOpen = true, fails = false, isDone = false;
        string folder = Directory.CreateTempSubdirectory("pyembed-preload-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "slow_to_load.py"), "import gate, time\ngate.begun()\nwhile not gate.is_open(): time.sleep(0.01)\nif gate.fails(): raise OSError('not yet')\n");
        await using var application = await Start(
            new() { ["Isolates"] = "2", ["SearchPaths:0"] = folder, ["Preload:0"] = "slow_to_load" },
            builder => builder.Logging.AddProvider(records),
            options => options.NativeModules["gate"] = module =>
            {
                module.AddFunction("begun", () => { begun.Release(); });
                module.AddFunction("is_open", () => Volatile.Read(ref isOpen));
                module.AddFunction("fails", () => Volatile.Read(ref fails));
                module.AddFunction("is_done", () => Volatile.Read(ref isDone));
            });
        await begun.WaitAsync();
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        PythonScript log = scripts.Interpreter.CompileScript("import logging\nlogging.warning('once')", "log");

        // The first isolate is in use, so that the others get the second.
        Task busy = scripts.RunAsync(scripts.Interpreter.CompileScript("import gate, time\ngate.begun()\nwhile not gate.is_done(): time.sleep(0.01)", "busy"));
        await begun.WaitAsync();
        Volatile.Write(ref fails, true);
        Assert.Contains("Preload 'slow_to_load' has failed: OSError: not yet", (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => scripts.RunAsync(log))).Message);
        await begun.WaitAsync();
        Volatile.Write(ref fails, false);
        Volatile.Write(ref isOpen, false);
        using CancellationTokenSource leave = new();
        Task left = scripts.RunAsync(log, cancellationToken: leave.Token);
        await begun.WaitAsync();
        await leave.CancelAsync();
        Assert.AreNotSame(left, await Task.WhenAny(left, Task.Delay(300)), "the import was interrupted");
        Volatile.Write(ref isOpen, true);
        Assert.AreEqual(leave.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => left)).CancellationToken);
        await scripts.RunAsync(log);
        Assert.AreEqual(1, records.All.Count(record => record.Text == "once"));
        Volatile.Write(ref isDone, true);
        await busy;
        await application.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task Records_come_while_the_script_runs_with_its_name_and_span()
    {
        Records records = new();
        using SemaphoreSlim logged = new(0);
        string? seen = null;
        await using var application = await Start(
            [],
            builder => builder.Logging.AddProvider(records).SetMinimumLevel(LogLevel.Trace),
            options => options.NativeModules["live"] = module => module.AddFunction("look", () => { seen = records.All.LastOrDefault().Text; }));
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        await scripts.RunAsync(scripts.Interpreter.CompileScript(
            """
            import live, logging
            log = logging.getLogger('shop')
            log.debug('not at this level')
            log.warning('first %d', 1)
            live.look()
            try:
                1 / 0
            except ZeroDivisionError:
                log.exception('no luck')
            """,
            "nightly"));
        Assert.AreEqual("first 1", seen);
        (string Category, LogLevel Level, string Text, string Scope)[] found = [.. records.All.Where(record => record.Category.StartsWith("Python.", StringComparison.Ordinal))];
        Assert.HasCount(2, found);
        Assert.AreEqual(("Python.shop", LogLevel.Warning, "first 1", "PythonRequest:nightly"), found[0]);
        Assert.StartsWith("no luck\nTraceback (most recent call last):\n  File \"<nightly>\", line 7, in <module>\n    1 / 0\n", found[1].Text);
        await application.StopAsync();
    }

    [TestMethod]
    public async Task Runs_are_measured_and_traced_and_told_from_those_of_workers()
    {
        ConcurrentQueue<Activity> ended = [];
        using ActivitySource tests = new("in-process tests");
        using ActivityListener activities = new()
        {
            ShouldListenTo = source => source.Name is "PyEmbed" or "in-process tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        await using var application = await Start([]);
        IMeterFactory meters = application.Services.GetRequiredService<IMeterFactory>();
        ConcurrentQueue<(string Name, string Tags)> measured = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "PyEmbed" && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Enqueue((instrument.Name, string.Join(' ', tags.ToArray().Select(tag => tag.Value)))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, $"{value} {tags[0].Value}")));
        listener.Start();
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        using (Activity parent = tests.StartActivity("parent")!)
        {
            await scripts.RunAsync(scripts.Interpreter.CompileScript("pass", "good"));
            await Assert.ThrowsExactlyAsync<PythonScriptException>(() => scripts.RunAsync(scripts.Interpreter.CompileScript("raise KeyError('k')", "bad")));
            Activity[] spans = [.. ended.Where(span => span.ParentSpanId == parent.SpanId)];
            CollectionAssert.AreEqual(new[] { "good Succeeded InProcess Unset", "bad Raised InProcess Error" }, Array.ConvertAll(spans, span =>
                $"{span.GetTagItem("pyembed.request.name")} {span.GetTagItem("pyembed.outcome")} {span.GetTagItem("pyembed.mode")} {span.Status}"));
            Assert.AreEqual("KeyError", spans[1].Events.Single().Tags.Single(tag => tag.Key == "exception.type").Value);
        }

        listener.RecordObservableInstruments();
        CollectionAssert.AreEqual(
            new[] { ("pyembed.request.duration", "Succeeded InProcess"), ("pyembed.request.duration", "Raised InProcess"), ("pyembed.request.queued", "0 InProcess"), ("pyembed.request.running", "0 InProcess") },
            measured.Order().OrderBy(one => one.Name.EndsWith("duration", StringComparison.Ordinal) ? 0 : 1).ThenBy(one => one.Tags.StartsWith('R')).ToArray());
        await application.StopAsync();
    }

    [TestMethod]
    public async Task Health_tells_whether_a_script_can_be_run()
    {
        var application = Build([]);
        Assert.AreEqual(HealthStatus.Unhealthy, (await Check()).Status);
        await application.StartAsync();
        Assert.AreEqual((HealthStatus.Healthy, "An isolate has run a script."), ((await Check()).Status, (await Check()).Description));
        await application.StopAsync();
        Assert.AreEqual(HealthStatus.Unhealthy, (await Check()).Status);
        await application.DisposeAsync();

        async Task<HealthReportEntry> Check() => (await application.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["pyembed-in-process"];
    }

    [TestMethod]
    [DataRow(30)]
    [DataRow(Timeout.Infinite)]
    public async Task At_the_end_what_runs_may_end_and_what_waits_is_refused(int seconds)
    {
        using SemaphoreSlim begun = new(0), go = new(0);
        TimeSpan time = seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
        await using var application = await Start(new() { ["Isolates"] = "1" }, builder => builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = time), options => options.NativeModules["gate"] = module => module.AddFunction("wait", () =>
        {
            begun.Release();
            using IDisposable threads = PythonInterpreter.Current!.AllowThreads();
            go.Wait();
        }));
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        PythonScript script = scripts.Interpreter.CompileScript("import gate\ngate.wait()\nresult = 'done'", "slow");
        Task<PythonScriptResult> running = scripts.RunAsync(script), waiting = scripts.RunAsync(script);
        await begun.WaitAsync();
        Task stopped = application.StopAsync();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => waiting);

        // An interrupt would have come by now.
        await Task.Delay(300);
        go.Release();
        Assert.AreEqual("done", (await running).Value);
        await stopped;
    }

    [TestMethod]
    public async Task What_can_be_interrupted_at_the_end_is_and_what_cannot_is_named()
    {
        Records records = new();
        using SemaphoreSlim begun = new(0);
        using ManualResetEventSlim go = new();
        await using var application = await Start(
            new() { ["Isolates"] = "2" },
            builder =>
            {
                builder.Logging.AddProvider(records);
                builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
            },
            options => options.NativeModules["gate"] = module =>
            {
                module.AddFunction("begun", () => { begun.Release(); });
                module.AddFunction("wait", () =>
                {
                    using IDisposable threads = PythonInterpreter.Current!.AllowThreads();
                    go.Wait();
                });
            });
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        Task looping = scripts.RunAsync(scripts.Interpreter.CompileScript("import gate\ngate.begun()\nwhile True: pass", "looping"));
        Task stuck = scripts.RunAsync(scripts.Interpreter.CompileScript("import gate\ngate.begun()\ngate.wait()", "stuck"));
        await begun.WaitAsync();
        await begun.WaitAsync();
        try
        {
            await application.StopAsync();
        }
        catch (OperationCanceledException)
        {
            // The shutdown time is over: the host says so, and the process would end.
        }

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => looping);
        string[] named = [.. records.All.Where(record => record.Level == LogLevel.Warning && record.Text.Contains("still runs", StringComparison.Ordinal)).Select(record => record.Text)];
        Assert.HasCount(1, named);
        Assert.StartsWith("The script 'stuck' still runs", named[0]);
        go.Set();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stuck);
    }

    [TestMethod]
    [DataRow("Isolates", "0", "PyEmbedInProcess:Isolates is 0: give 1 to 1000")]
    [DataRow("Output", "-1", "PyEmbedInProcess:Output is -1")]
    [DataRow("Policy", "None", "PyEmbedInProcess:Policy is 'None': give")]
    [DataRow("Deny:0", "a b", "PyEmbedInProcess:Deny")]
    [DataRow("Capabilities:Network:0", "*:*", "scripts that run in this process cannot be held by Capabilities")]
    [DataRow("Limits:Time", "00:00:01", "scripts that run in this process cannot be held by Limits")]
    [DataRow("Isolate", "1", "PyEmbedInProcess:Isolate ('1') is no setting of PyEmbed")]
    public async Task Settings_that_are_wrong_stop_the_start(string key, string value, string expected)
    {
        await using var application = Build(new() { [key] = value });
        OptionsValidationException error = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => application.StartAsync());
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public async Task A_module_that_cannot_be_preloaded_stops_the_start()
    {
        await using var application = Build(new() { ["Preload:0"] = "json", ["Preload:1"] = "no_such_module" });
        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => application.StartAsync());
        Assert.Contains("PyEmbedInProcess:Preload 'no_such_module' has failed: ModuleNotFoundError", error.Message);
    }

    [TestMethod]
    public async Task A_policy_guards_imports_of_scripts()
    {
        await using var application = await Start(new() { ["Policy"] = "Restricted", ["Allow:0"] = "json", ["FileSystem"] = "true" });
        PythonScripts scripts = application.Services.GetRequiredService<PythonScripts>();
        Assert.AreEqual("[1]", (await scripts.RunAsync(scripts.Interpreter.CompileScript("import json\nresult = json.dumps([1])", "allowed"))).Value);
        Assert.Contains("socket", (await Assert.ThrowsExactlyAsync<PythonScriptException>(() => scripts.RunAsync(scripts.Interpreter.CompileScript("import socket", "denied")))).Message);
        await application.StopAsync();
    }

    private static WebApplication Build(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? more = null, Action<PyEmbedInProcessOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath(), Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => $"PyEmbedInProcess:{setting.Key}", setting => setting.Value));
        builder.Services.AddPyEmbedInProcess(builder.Configuration.GetSection("PyEmbedInProcess"));
        builder.Services.AddPyEmbedInProcess(options =>
        {
            options.AutoMount = false;
            configure?.Invoke(options);
        });
        builder.Services.AddHealthChecks().AddPyEmbedInProcess();
        more?.Invoke(builder);
        return builder.Build();
    }

    private static async Task<WebApplication> Start(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? more = null, Action<PyEmbedInProcessOptions>? configure = null)
    {
        WebApplication application = Build(settings, more, configure);
        await application.StartAsync();
        return application;
    }
}
