using PyEmbed.Capabilities;

namespace PyEmbed;

/// <summary>
/// How a <see cref="PythonWorkerPool"/> starts its processes, what they mount, and what the code in them may do. An instance is immutable; every property has a useful default.
/// </summary>
public sealed record PythonWorkerOptions
{
    /// <summary>Path of the <c>python</c> program that workers run. Null: the interpreter that <see cref="PythonInterpreter.Start"/> would find.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Which modules may be imported. Default: <see cref="PythonPolicy.Restricted"/>.</summary>
    public PythonPolicy Policy { get; init; } = PythonPolicy.Restricted;

    /// <summary>
    /// What the code of requests may reach. Null: <see cref="PythonCapabilities.None"/> under a policy made of <see cref="PythonPolicy.Restricted"/>, as far as this system can enforce it
    /// (<see cref="PythonWorkerPool.EnforcedBy"/>); else nothing is restricted. Given, a pool does not start where the kernel cannot enforce them: Linux with Landlock and seccomp, no other supervisor of its processes where they are not granted, and a Python with ctypes.
    /// </summary>
    /// <remarks><see cref="PythonCapabilities.Network"/> can only be empty or <c>*:*</c>, as the kernel does not know the names of hosts.</remarks>
    public PythonCapabilities? Capabilities { get; init; }

    /// <summary>Whether Python imports from the file system, as in <see cref="PythonOptions.FileSystem"/>. Null: on, and off under <see cref="PythonPolicy.Restricted"/>.</summary>
    public bool? FileSystem { get; init; }

    /// <summary>Folders and zip files appended to <c>sys.path</c>, made absolute. Workers run without <c>site</c>, so folders of installed packages are there only if listed here.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Whether to mount the trees of all assemblies that the build listed. Default: true.</summary>
    public bool AutoMount { get; init; } = true;

    /// <summary>More trees to mount, after those of <see cref="AutoMount"/>, in this order.</summary>
    public IReadOnlyList<PythonTree> Mounts { get; init; } = [];

    /// <summary>Folder below which embedded files are extracted that must exist on disk, as in <see cref="PythonOptions.ExtractionDirectory"/>.</summary>
    public string? ExtractionDirectory { get; init; }

    /// <summary>Folder of the code cache, as in <see cref="PythonOptions.BytecodeCacheDirectory"/>. What <see cref="Preload"/> compiles is kept there; requests keep nothing.</summary>
    public string? BytecodeCacheDirectory { get; init; }

    /// <summary>
    /// Modules that are imported once, in the process that workers are forked from, so that requests have them at once. They are trusted: only the policy holds there, no limit. One
    /// that starts a thread is an error, for a forked process has no other threads.
    /// </summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>
    /// How many requests run at a time. Default: one for each processor, which suits code that ends by itself. Where some run into their limits, others wait behind them: give more than there are
    /// processors, so that the system shares these between all.
    /// </summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>How many processes wait, ready for requests to come. Default: 2.</summary>
    public int Spares { get; init; } = 2;

    /// <summary>How many requests may wait while <see cref="Workers"/> run; more are refused. Default: 1000.</summary>
    public int QueueLimit { get; init; } = 1000;

    /// <summary>How long a request may wait while others run; then it is refused. Null: as long as it takes.</summary>
    public TimeSpan? QueueTime { get; init; }

    /// <summary>What each request may use.</summary>
    public PythonWorkerLimits Limits { get; init; } = new();

    /// <summary>How long a process may take to start, mount and import <see cref="Preload"/>. Default: 60 seconds.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is granted; null where nothing is restricted.</summary>
    internal PythonCapabilities? Granted => Capabilities ?? (Policy.IsRestricted ? PythonCapabilities.None : null);

    /// <summary>What of this an interpreter is asked for, too.</summary>
    internal PythonOptions ForInterpreter => new() { Policy = Policy, FileSystem = FileSystem, SearchPaths = SearchPaths };

    /// <summary>Is told why a process was killed, each time.</summary>
    internal Action<string>? Killed { get; init; }

    /// <summary>What is wrong by itself: the property, and its value with the remedy.</summary>
    internal IEnumerable<(string Name, string Problem)> Problems() => ((IEnumerable<(string, string?)>)[
        (nameof(Interpreter), Interpreter is null || File.Exists(Interpreter) ? null : $"is '{Interpreter}', where no file is: give the path of a python program, or leave it out to have one found."),
        (nameof(Workers), OptionChecks.Number(Workers, 1, 1000)),
        (nameof(Spares), OptionChecks.Number(Spares, 0, 1000)),
        (nameof(QueueLimit), OptionChecks.Number(QueueLimit, 0)),
        (nameof(QueueTime), OptionChecks.Time(QueueTime)),
        (nameof(StartTime), OptionChecks.Time(StartTime))]).Where(check => check.Item2 is not null)!;

    /// <exception cref="ArgumentException">Options are out of range, or contradict each other.</exception>
    internal void Check()
    {
        string[] problems =
        [
            .. Problems().Select(found => $"{nameof(PythonWorkerOptions)}.{found.Name} {found.Problem}"),
            .. Limits.Problems().Select(found => $"{nameof(PythonWorkerLimits)}.{found.Name} {found.Problem}"),
        ];
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }

        CheckTogether();
    }

    /// <exception cref="ArgumentException">Options contradict each other, or name what cannot be granted.</exception>
    internal void CheckTogether()
    {
        ResolutionOrder.Check(ForInterpreter);
        if (Granted is { } granted)
        {
            FileGrants.Check(nameof(PythonCapabilities.Read), granted.Read);
            FileGrants.Check(nameof(PythonCapabilities.Write), granted.Write);
            if (granted.Network.Count > 0 && !granted.Network.SequenceEqual(["*:*"]))
            {
                throw new ArgumentException("PythonWorkerOptions.Capabilities names hosts, which cannot be told apart in worker processes: grant \"*:*\" alone, or nothing and have the host fetch what the code needs.");
            }
        }
    }
}
