using PyEmbed;

namespace ScriptHost;

/// <summary>What a script has logged.</summary>
internal sealed record ScriptLog(int Level, string Logger, string Message)
{
    public static ScriptLog Of(PythonWorkerLog log) => new(log.Level, log.Logger, log.Message);
}
