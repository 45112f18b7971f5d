namespace ScriptHost;

/// <summary>What keeps callers from taking the isolates for good.</summary>
internal sealed class TrustedLimits
{
    /// <summary>How long a script may run.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>How many requests may wait for an isolate.</summary>
    public int QueueLimit { get; set; }
}
