using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PyEmbed.AspNetCore;

/// <summary>Healthy: a request was run by a worker. Degraded: the queue is full, or the request got no worker in time. Otherwise the registration's failure status.</summary>
internal sealed class PyEmbedHealthCheck(PythonWorkers workers) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly PythonWorkerRequest Probe = PythonWorkerRequest.Script("result = 6 * 7", "health check") with { Time = Patience };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        PythonWorkerPool pool;
        try
        {
            pool = workers.Pool;
        }
        catch (InvalidOperationException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }

        int limit = workers.Settings.QueueLimit;
        if (limit > 0 && pool.Statistics.Queued >= limit)
        {
            return HealthCheckResult.Degraded($"The queue is full: {limit} requests wait, more are refused.", data: Data(pool));
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            PythonWorkerResult result = await pool.RunAsync(Probe, patience.Token).ConfigureAwait(false);
            return result.Value is 42L
                ? HealthCheckResult.Healthy("A worker has run a request.", Data(pool))
                : new HealthCheckResult(context.Registration.FailureStatus, $"A worker has answered {result.Value} where 42 was due.", data: Data(pool));
        }
        catch (PythonWorkerException e) when (e.Kind == PythonWorkerErrorKind.QueueFull)
        {
            return HealthCheckResult.Degraded(e.Message, e, Data(pool));
        }
        catch (PythonWorkerException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e, Data(pool));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"No worker was free within {Patience.TotalSeconds:0} seconds.", e, Data(pool));
        }
    }

    private Dictionary<string, object> Data(PythonWorkerPool pool)
    {
        PythonWorkerStatistics statistics = pool.Statistics;
        return new()
        {
            ["running"] = statistics.Running,
            ["workers"] = workers.Settings.Workers,
            ["queued"] = statistics.Queued,
            ["queueLimit"] = workers.Settings.QueueLimit,
            ["starts"] = statistics.Starts,
            ["timeLimit"] = workers.Settings.Limits.Time,
            ["memoryLimit"] = workers.Settings.Limits.Memory,
        };
    }
}
