namespace PyEmbed;

/// <summary>What one request to a <see cref="PythonWorkerPool"/> may use. Each ends in a <see cref="PythonWorkerException"/> of its own kind.</summary>
public sealed record PythonWorkerLimits
{
    /// <summary>How long it may run, from when a process takes it on until that has ended; the time in the queue does not count. Default: 30 seconds.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much processor time it may use, counted in whole seconds (RLIMIT_CPU). Null: as much as <see cref="Time"/>.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Bytes of address space it may use beyond what its process has when it starts (RLIMIT_AS). Default: 512 MiB.</summary>
    public long Memory { get; init; } = 512L << 20;

    /// <summary>Bytes it may write to standard output and standard error, and as many to <c>logging</c>, as they come: it is killed where it writes more. Default: 1 MiB.</summary>
    public int Output { get; init; } = 1 << 20;

    /// <summary>Bytes of its result as JSON, with the bytes objects in it; as objects of .NET it may take eight times as much, and no more. Default: 4 MiB.</summary>
    public int Result { get; init; } = 4 << 20;

    /// <summary>Bytes of a file that it writes (RLIMIT_FSIZE). Default: 64 MiB.</summary>
    public long FileSize { get; init; } = 64L << 20;

    /// <summary>Descriptors it may have open (RLIMIT_NOFILE). Default: 128.</summary>
    public int OpenFiles { get; init; } = 128;

    /// <summary>Whole seconds of processor time.</summary>
    internal int CpuSeconds => (int)Math.Min(int.MaxValue / 2, Math.Ceiling((CpuTime ?? Time).TotalSeconds));

    /// <summary>What is wrong: the property, and its value with the remedy, as in <c>is 0: give 1 or more</c>.</summary>
    internal IEnumerable<(string Name, string Problem)> Problems() => ((IEnumerable<(string, string?)>)[
        (nameof(Time), OptionChecks.Time(Time)),
        (nameof(CpuTime), OptionChecks.Time(CpuTime)),
        (nameof(Memory), OptionChecks.Number(Memory, 1)),
        (nameof(Output), OptionChecks.Number(Output, 1)),
        (nameof(Result), OptionChecks.Number(Result, 1)),
        (nameof(FileSize), OptionChecks.Number(FileSize, 0)),
        (nameof(OpenFiles), OptionChecks.Number(OpenFiles, 16))]).Where(check => check.Item2 is not null)!;
}
