using PyEmbed;

namespace ScriptHost;

/// <summary>The answer of a script that has ended well.</summary>
internal sealed record ScriptAnswer(object? Value, string Output, string Error, IEnumerable<ScriptLog> Logs, double DurationMs, double CpuMs, long PeakMemory)
{
    public static ScriptAnswer Of(PythonWorkerResult result) => new(
        result.Value, result.Output, result.Error, result.Logs.Select(ScriptLog.Of), result.Duration.TotalMilliseconds, result.CpuTime.TotalMilliseconds, result.PeakMemory);
}
