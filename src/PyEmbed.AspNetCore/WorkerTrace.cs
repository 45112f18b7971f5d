using System.Diagnostics;

namespace PyEmbed.AspNetCore;

/// <summary>One request under way: its span, and what is measured when it ends.</summary>
internal sealed class WorkerTrace(WorkerTelemetry telemetry, Activity? activity) : IDisposable
{
    private readonly long start = Stopwatch.GetTimestamp();

    public void Succeeded() => End("Succeeded");

    public void Canceled()
    {
        End("Canceled");
        activity?.SetTag("error.type", "Canceled").SetStatus(ActivityStatusCode.Error, "Canceled");
    }

    public void Failed(PythonWorkerException error)
    {
        End(error.Kind.ToString());
        activity?.SetTag("error.type", error.Kind.ToString()).SetStatus(ActivityStatusCode.Error, error.Message);
        if (error.PythonType is not null)
        {
            activity?.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection
            {
                ["exception.type"] = error.PythonType,
                ["exception.message"] = error.PythonMessage,
                ["exception.stacktrace"] = error.PythonTraceback,
            }));
        }
    }

    public void Dispose() => activity?.Dispose();

    private void End(string outcome)
    {
        telemetry.Record(Stopwatch.GetElapsedTime(start), outcome);
        activity?.SetTag("pyembed.outcome", outcome);
    }
}
