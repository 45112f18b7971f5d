using System.Text.Json;

namespace PyEmbed.Workers;

/// <summary>How a worker process ended, as its template tells.</summary>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="ExitCode">Its exit code, where none did.</param>
/// <param name="CpuTime">Processor time that it has used.</param>
/// <param name="PeakMemory">The most bytes of memory that it had.</param>
internal sealed record WorkerOutcome(int Signal, int ExitCode, TimeSpan CpuTime, long PeakMemory)
{
    private const int SIGKILL = 9;

    /// <summary>Reads the payload of a frame.</summary>
    public static WorkerOutcome Read(ReadOnlyMemory<byte> payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload);
        JsonElement root = document.RootElement;
        long peak = root.GetProperty("memory").GetInt64();
        return new WorkerOutcome(
            root.GetProperty("signal").GetInt32(),
            root.GetProperty("code").GetInt32(),
            TimeSpan.FromSeconds(root.GetProperty("cpu").GetDouble()),
            OperatingSystem.IsMacOS() ? peak : peak << 10);
    }

    /// <summary>Whether it ended in peace.</summary>
    public bool IsGood => Signal == 0 && ExitCode == 0;

    /// <summary>Whether the system ended it for the processor time that it used.</summary>
    public bool IsCpuLimit(int seconds) => Signal == SIGXCPU || (Signal == SIGKILL && CpuTime.TotalSeconds >= seconds);

    /// <summary>The end in words.</summary>
    public string Description => Signal switch
    {
        0 => $"it ended with exit code {ExitCode}",
        4 => "it ended by SIGILL",
        6 => "it ended by SIGABRT, as a fatal error of CPython does",
        7 or 10 => $"it ended by signal {Signal} (SIGBUS, or a signal of its own)",
        8 => "it ended by SIGFPE",
        SIGKILL => "it ended by SIGKILL: by its own hand, or the system is out of memory",
        11 => "it ended by SIGSEGV, as after too deep a recursion in C code or a defect of an extension module",
        13 => "it ended by SIGPIPE",
        15 => "it ended by SIGTERM",
        _ => $"it ended by signal {Signal}",
    };

    private static int SIGXCPU => 24;
}
