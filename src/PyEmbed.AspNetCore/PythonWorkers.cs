using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>
/// Runs Python code in the worker processes of this host. A singleton that <c>AddPyEmbed</c> registers: the processes start and stop with the host, what scripts log goes to
/// <see cref="ILogger"/>, and each request is measured and traced.
/// </summary>
/// <remarks>All members may be used from any thread. No CPython runs in this process. See docs/aspnetcore.md and <see cref="PythonWorkerPool"/>.</remarks>
public sealed partial class PythonWorkers : IHostedPython
{
    private readonly IOptions<PyEmbedOptions> options;
    private readonly PythonLogs logs;
    private readonly ILogger logger;
    private readonly WorkerTelemetry telemetry;
    private volatile PythonWorkerPool? pool;

    internal PythonWorkers(IOptions<PyEmbedOptions> options, ILoggerFactory loggers, IMeterFactory meters)
    {
        this.options = options;
        logs = new PythonLogs(loggers);
        logger = loggers.CreateLogger<PythonWorkers>();
        telemetry = new WorkerTelemetry(meters, () => pool?.Statistics);
    }

    /// <summary>What the workers have done so far, and do.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public PythonWorkerStatistics Statistics => Pool.Statistics;

    /// <summary>The settings that hold.</summary>
    internal PyEmbedOptions Settings => options.Value;

    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    internal PythonWorkerPool Pool => pool ?? throw new InvalidOperationException("Python's workers have not been started: they start with the host, so run requests after that.");

    /// <summary>Runs a request in a process of its own, as <see cref="PythonWorkerPool.RunAsync"/> does.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Takes it out of the queue, or kills its process with all that it has started. In an endpoint: that of the HTTP request.</param>
    /// <returns>The result, once the process has ended.</returns>
    /// <exception cref="PythonWorkerException">The request failed; its kind tells how.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">An argument is no value that can be handed over.</exception>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public async Task<PythonWorkerResult> RunAsync(PythonWorkerRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        PythonWorkerPool workers = Pool;
        using WorkerTrace trace = telemetry.Begin(request.Name);
        try
        {
            PythonWorkerResult result = await workers.RunAsync(request, cancellationToken).ConfigureAwait(false);
            logs.Write(request.Name, result.Logs);
            trace.Succeeded();
            return result;
        }
        catch (PythonWorkerException e)
        {
            logs.Write(request.Name, e.Logs);
            trace.Failed(e);
            if (e.Kind == PythonWorkerErrorKind.StartFailed)
            {
                LogStartFailed(e, PlainText.Of(request.Name));
            }
            else
            {
                LogFailed(PlainText.Of(request.Name), e.Kind, PlainText.Of(e.PythonType ?? ""));
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            trace.Canceled();
            throw;
        }
    }

    async Task IHostedPython.Start(CancellationToken cancellationToken)
    {
        PythonWorkerOptions settings = options.Value.ToWorkerOptions(options.Value.ToPolicy()) with { Killed = telemetry.RecordKill };
        pool = await PythonWorkerPool.StartAsync(settings, cancellationToken).ConfigureAwait(false);
        LogStarted(settings.Workers, settings.Spares, settings.Policy.Profile);
    }

    /// <summary>Refuses new requests and those that wait; what runs ends within its limits, or by the token.</summary>
    async Task IHostedPython.Stop(CancellationToken cancellationToken)
    {
        if (pool is { } workers)
        {
            await workers.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Python's workers have started: {Workers} requests at a time, {Spares} spares, policy {Policy}.")]
    private partial void LogStarted(int workers, int spares, string policy);

    [LoggerMessage(2, LogLevel.Information, "The request '{PythonRequest}' has failed: {Kind} {PythonType}")]
    private partial void LogFailed(string pythonRequest, PythonWorkerErrorKind kind, string pythonType);

    [LoggerMessage(3, LogLevel.Error, "The request '{PythonRequest}' found no worker.")]
    private partial void LogStartFailed(Exception exception, string pythonRequest);
}
