using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PyEmbed.AspNetCore;

/// <summary>Healthy: an isolate has run a script. Degraded: none was free in time. Otherwise the registration's failure status.</summary>
internal sealed class InProcessHealthCheck(PythonScripts scripts) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Dictionary<string, object> data = new() { ["running"] = scripts.Running, ["isolates"] = scripts.Settings.Isolates, ["queued"] = scripts.Queued };
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            object? value = await scripts.Probe(patience.Token).ConfigureAwait(false);
            return value is 42L
                ? HealthCheckResult.Healthy("An isolate has run a script.", data)
                : new HealthCheckResult(context.Registration.FailureStatus, $"An isolate has answered {value} where 42 was due.", data: data);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"No isolate was free within {Patience.TotalSeconds:0} seconds.", e, data);
        }
        catch (Exception e) when (e is InvalidOperationException or PythonScriptException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e, data);
        }
    }
}
