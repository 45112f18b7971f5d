using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PyEmbed.AspNetCore;

/// <summary>Metrics and spans of scripts that run in this process: those of requests to workers, told from them by an attribute.</summary>
internal sealed class ScriptTelemetry
{
    private static readonly KeyValuePair<string, object?> InProcess = new("pyembed.mode", "InProcess");

    private readonly Histogram<double> duration;

    /// <param name="meters">Makes the meter, and disposes of it.</param>
    /// <param name="running">How many run.</param>
    /// <param name="queued">How many wait.</param>
    public ScriptTelemetry(IMeterFactory meters, Func<int> running, Func<int> queued)
    {
        Meter meter = meters.Create(WorkerTelemetry.Name);
        duration = meter.CreateHistogram<double>("pyembed.request.duration", "s", "How long requests took, the time in the queue included.");
        meter.CreateObservableUpDownCounter("pyembed.request.running", () => new Measurement<int>(running(), InProcess), "{request}", "Requests that run.");
        meter.CreateObservableUpDownCounter("pyembed.request.queued", () => new Measurement<int>(queued(), InProcess), "{request}", "Requests that wait for a worker.");
    }

    public static Activity? Begin(string script)
    {
        Activity? activity = WorkerTelemetry.Source.StartActivity("pyembed.request");
        return activity?.SetTag("pyembed.request.name", script).SetTag(InProcess.Key, InProcess.Value);
    }

    /// <summary>Records the end.</summary>
    /// <param name="activity">The span, or null.</param>
    /// <param name="start">The time stamp of the beginning.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="error">What it failed with, or null.</param>
    public void End(Activity? activity, long start, string outcome, Exception? error)
    {
        duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("pyembed.outcome", outcome), InProcess);
        activity?.SetTag("pyembed.outcome", outcome);
        if (error is null)
        {
            return;
        }

        activity?.SetTag("error.type", outcome).SetStatus(ActivityStatusCode.Error, error.Message);
        if (error is PythonScriptException { InnerException: { } inner } raised)
        {
            activity?.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection
            {
                ["exception.type"] = raised.PythonType,
                ["exception.message"] = inner.Message,
                ["exception.stacktrace"] = raised.PythonTraceback,
            }));
        }
    }
}
