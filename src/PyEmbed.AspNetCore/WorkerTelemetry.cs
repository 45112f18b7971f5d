using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PyEmbed.AspNetCore;

/// <summary>Metrics and spans of requests, named as OpenTelemetry's conventions name things; docs/aspnetcore.md lists them.</summary>
internal sealed class WorkerTelemetry
{
    public const string Name = "PyEmbed";
    public static readonly ActivitySource Source = new(Name);

    private readonly Histogram<double> duration;
    private readonly Counter<long> kills;

    /// <param name="meters">Makes the meter, and disposes of it.</param>
    /// <param name="statistics">What the workers do; null before they have started.</param>
    public WorkerTelemetry(IMeterFactory meters, Func<PythonWorkerStatistics?> statistics)
    {
        Meter meter = meters.Create(Name);
        duration = meter.CreateHistogram<double>("pyembed.request.duration", "s", "How long requests took, the time in the queue included.");
        kills = meter.CreateCounter<long>("pyembed.worker.kills", "{process}", "Processes that were killed, by the reason.");
        meter.CreateObservableUpDownCounter("pyembed.request.running", () => statistics()?.Running ?? 0, "{request}", "Requests that run.");
        meter.CreateObservableUpDownCounter("pyembed.request.queued", () => statistics()?.Queued ?? 0, "{request}", "Requests that wait for a worker.");
        meter.CreateObservableCounter("pyembed.worker.starts", () => statistics()?.Starts ?? 0, "{process}", "Starts of the process that workers are forked from.");
    }

    public WorkerTrace Begin(string request)
    {
        Activity? activity = Source.StartActivity("pyembed.request");
        activity?.SetTag("pyembed.request.name", request);
        return new WorkerTrace(this, activity);
    }

    public void Record(TimeSpan time, string outcome) => duration.Record(time.TotalSeconds, new KeyValuePair<string, object?>("pyembed.outcome", outcome));

    public void RecordKill(string reason) => kills.Add(1, new KeyValuePair<string, object?>("pyembed.reason", reason));
}
