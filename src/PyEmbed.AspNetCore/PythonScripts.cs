using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>
/// Runs trusted scripts inside this process, in isolates that are used again and again. A singleton that <c>AddPyEmbedInProcess</c> registers: Python starts with the host, what scripts log goes to
/// <see cref="ILogger"/> as they log it, and each run is measured and traced. Code that must be stopped whatever it does belongs in <see cref="PythonWorkers"/>.
/// </summary>
/// <remarks>All members may be used from any thread. See docs/aspnetcore.md and <see cref="PythonIsolatePool"/>.</remarks>
// Neither has anything to give back, no timer and no wait handle; and scripts that nothing can stop use them after the end.
#pragma warning disable CA1001
public sealed partial class PythonScripts : IHostedPython
#pragma warning restore CA1001
{
    // What isolates need at the end, of the host's shutdown time: what runs and is interrupted has two seconds, the rest of an isolate's end may take longer.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    // An isolate has a thread of its own, which serves no other.
    [ThreadStatic]
    private static bool isPrepared;

    private readonly IOptions<PyEmbedInProcessOptions> options;
    private readonly TimeSpan shutdownTime;
    private readonly PythonLogs logs;
    private readonly ILogger logger;
    private readonly ScriptTelemetry telemetry;
    private readonly ConcurrentDictionary<ScriptRun, bool> runs = new();
    private readonly CancellationTokenSource stopping = new();
    private int queued;
    private PythonInterpreter? python;
    private PythonScript? probe;
    private SemaphoreSlim? turns;
    private volatile PythonIsolatePool? isolates;

    internal PythonScripts(IOptions<PyEmbedInProcessOptions> options, IOptions<HostOptions> host, ILoggerFactory loggers, IMeterFactory meters)
    {
        this.options = options;
        shutdownTime = host.Value.ShutdownTimeout;
        logs = new PythonLogs(loggers);
        logger = loggers.CreateLogger<PythonScripts>();
        telemetry = new ScriptTelemetry(meters, () => Running, () => Queued);
    }

    /// <summary>The main interpreter: it compiles and loads scripts. It stays when the host has stopped, as CPython cannot be started again.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public PythonInterpreter Interpreter => python ?? throw new InvalidOperationException("Python has not been started: it starts with the host, so compile and run scripts after that.");

    /// <summary>How many scripts run.</summary>
    public int Running => runs.Count;

    /// <summary>How many scripts wait for an isolate.</summary>
    public int Queued => Volatile.Read(ref queued);

    /// <summary>The settings that hold.</summary>
    internal PyEmbedInProcessOptions Settings => options.Value;

    /// <summary>Runs a script in an isolate that no other script uses meanwhile; waits, without a thread, where all are in use.</summary>
    /// <param name="script">What to run, of <see cref="PythonInterpreter.CompileScript"/> or <see cref="PythonInterpreter.LoadScript"/>.</param>
    /// <param name="variables">Its global variables, as for <see cref="PythonIsolate.RunScript(PythonScript, IReadOnlyDictionary{string, object?})"/>, or <see cref="System.Text.Json.JsonElement"/>; null for none.</param>
    /// <param name="cancellationToken">
    /// Takes it out of the queue, or interrupts it at its next bytecode. A script that comes to none, in a long call of C code or a wait, is not stopped: it has its isolate until it ends by itself, and so long the task goes on.
    /// Nor is what <see cref="PyEmbedInProcessOptions.Preload"/> imports into an isolate that is made for it: others use it after that.
    /// </param>
    /// <returns>The result, once the script has ended.</returns>
    /// <exception cref="PythonScriptException">The script has raised an exception.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidCastException">A variable, or the result, is of a type that does not cross; the message names it.</exception>
    /// <exception cref="ArgumentException">A variable has a name that is Python's own, or is JSON without a value.</exception>
    /// <exception cref="ObjectDisposedException">The host is stopping.</exception>
    /// <exception cref="InvalidOperationException">The host has not started, or an isolate could not be made.</exception>
    public async Task<PythonScriptResult> RunAsync(PythonScript script, IReadOnlyDictionary<string, object?>? variables = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        _ = Interpreter;
        using Activity? activity = ScriptTelemetry.Begin(script.Name);
        long start = Stopwatch.GetTimestamp();
        try
        {
            PythonScriptResult result = await Run(script, JsonValues.Plain(variables), cancellationToken).ConfigureAwait(false);
            telemetry.End(activity, start, "Succeeded", null);
            return result;
        }
        catch (Exception e)
        {
            telemetry.End(activity, start, Outcome(e), e);
            LogFailed(PlainText.Of(script.Name), Outcome(e), PlainText.Of((e as PythonScriptException)?.PythonType ?? ""));
            throw;
        }
    }

    /// <summary>Runs a script that tells whether scripts can be run. It is not measured.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    internal async Task<object?> Probe(CancellationToken cancellationToken)
    {
        _ = Interpreter;
        return (await Run(probe!, null, cancellationToken).ConfigureAwait(false)).Value;
    }

    /// <summary>Starts Python, unless the application has, and the first isolate.</summary>
    async Task IHostedPython.Start(CancellationToken cancellationToken)
    {
        PyEmbedInProcessOptions settings = options.Value;
        PythonInterpreter started = PythonInterpreter.Current ?? PythonInterpreter.Start(settings.ToPythonOptions());
        PythonIsolateOptions each = settings.ToIsolateOptions(ScriptRun.Writer(isError: false), ScriptRun.Writer(isError: true));
        LogHandler.AddTo(each, record =>
        {
            // Who logs may take long, and other threads of the script need not wait.
            using IDisposable threads = started.AllowThreads();
            logs.Write(ScriptRun.Current?.Name ?? "", [record]);
        });
        turns = new SemaphoreSlim(settings.Isolates);
        probe = started.CompileScript("result = 6 * 7", "health check");
        isolates = started.CreateIsolatePool(settings.Isolates, each);
        bool ownGil = await isolates.RunAsync(
            isolate =>
            {
                Prepare(isolate);
                return isolate.HasOwnGil;
            },
            cancellationToken).ConfigureAwait(false);
        python = started;
        LogStarted(settings.Isolates, ownGil ? "of their own" : "shared", settings.Policy);
    }

    /// <summary>
    /// Refuses what is new and what waits; what runs may end, and is interrupted some seconds before the host's shutdown time is over. What does not end by that is named in the log; it ends with the process.
    /// </summary>
    async Task IHostedPython.Stop(CancellationToken cancellationToken)
    {
        if (isolates is not { } pool || stopping.IsCancellationRequested)
        {
            return;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        using CancellationTokenSource grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (shutdownTime != Timeout.InfiniteTimeSpan)
        {
            grace.CancelAfter(shutdownTime - (shutdownTime < 2 * EndTime ? shutdownTime / 2 : EndTime));
        }

        try
        {
            for (int i = 0; i < pool.Size; i++)
            {
                await turns!.WaitAsync(grace.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // What runs is interrupted now.
        }

        ScriptRun[] left = [.. runs.Keys];
        try
        {
            await Task.Run(pool.Dispose, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The process ends, whatever isolates still do.
        }

        foreach (ScriptRun run in left.Where(run => run.Runs))
        {
            LogLeft(PlainText.Of(run.Name));
        }
    }

    private static string Outcome(Exception error) => error switch
    {
        PythonScriptException => "Raised",
        OperationCanceledException => "Canceled",
        ObjectDisposedException => "Stopped",
        ArgumentException or InvalidCastException => "NoValue",
        _ => "StartFailed",
    };

    private async Task<PythonScriptResult> Run(PythonScript script, IReadOnlyDictionary<string, object?>? variables, CancellationToken cancellationToken)
    {
        await WaitForTurn(cancellationToken).ConfigureAwait(false);
        ScriptRun run = new(script.Name, Settings.Output);

        // The caller's token, once the isolate is prepared. It has nothing to give back, and a script that nothing can stop may be cancelled after the end.
        CancellationTokenSource interrupt = new();
        try
        {
            runs[run] = true;
            Activity? activity = Activity.Current;
            long start = Stopwatch.GetTimestamp();
            object? value = await isolates!.RunAsync(
                isolate =>
                {
                    Prepare(isolate);
                    using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(_ => interrupt.Cancel(), null);
                    interrupt.Token.ThrowIfCancellationRequested();
                    return RunIn(isolate, run, script, variables, activity);
                },
                interrupt.Token).ConfigureAwait(false);
            return new PythonScriptResult(value, run.Output, run.Error, Stopwatch.GetElapsedTime(start));
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        catch (PythonException e) when (stopping.IsCancellationRequested && e.PythonType == "KeyboardInterrupt")
        {
            Release(e);
            throw Stopping(e);
        }
        catch (PythonException e)
        {
            Release(e);
            throw new PythonScriptException(run, e);
        }
        catch (ObjectDisposedException e) when (stopping.IsCancellationRequested)
        {
            throw Stopping(e);
        }
        finally
        {
            runs.TryRemove(run, out _);
            turns!.Release();
        }
    }

    private static object? RunIn(PythonIsolate isolate, ScriptRun run, PythonScript script, IReadOnlyDictionary<string, object?>? variables, Activity? activity)
    {
        Activity.Current = activity;
        run.Begin();
        try
        {
            return isolate.RunScript(script, variables);
        }
        finally
        {
            run.End();
            Activity.Current = null;
        }
    }

    private void Prepare(PythonIsolate isolate)
    {
        if (isPrepared)
        {
            return;
        }

        string what = "the handler of logging";
        try
        {
            LogHandler.Install(isolate);
            foreach (string module in Settings.Preload)
            {
                what = $"{Settings.Prefix}{nameof(Settings.Preload)} '{module}'";
                isolate.Import(module).Dispose();
            }
        }
        catch (PythonException e) when (e.PythonType != "KeyboardInterrupt")
        {
            throw new InvalidOperationException($"An isolate cannot run scripts: {what} has failed: {e.Message}", e);
        }

        isPrepared = true;
    }

    private async Task WaitForTurn(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        Interlocked.Increment(ref queued);
        try
        {
            await turns!.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Stopping(e);
        }
        finally
        {
            Interlocked.Decrement(ref queued);
        }
    }

    // Exceptions keep all variables of their frames, in an isolate that others use.
    private static void Release(PythonException exception)
    {
        for (PythonException? next = exception; next is not null; next = next.InnerException as PythonException)
        {
            next.Value.Dispose();
        }
    }

    private static ObjectDisposedException Stopping(Exception inner) => new("The host is stopping: no script is run in it any more.", inner);

    [LoggerMessage(1, LogLevel.Information, "Python has started in this process: {Isolates} scripts at a time, GIL {Gil}, policy {Policy}.")]
    private partial void LogStarted(int isolates, string gil, string policy);

    [LoggerMessage(2, LogLevel.Information, "The script '{PythonRequest}' has failed: {Outcome} {PythonType}")]
    private partial void LogFailed(string pythonRequest, string outcome, string pythonType);

    [LoggerMessage(3, LogLevel.Warning, "The script '{PythonRequest}' still runs, though the host has stopped: it comes to no bytecode, and nothing inside a process can stop that. It ends with the process.")]
    private partial void LogLeft(string pythonRequest);
}
