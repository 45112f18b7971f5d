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
    /// (<see cref="PythonWorkerPool.EnforcedBy"/>); else nothing is restricted. Given, a pool does not start where the kernel cannot enforce them: Linux with Landlock and seccomp, and a Python with ctypes.
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

    /// <summary>How many requests run at a time. Default: one for each processor.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>How many processes wait, ready for requests to come. Default: 2.</summary>
    public int Spares { get; init; } = 2;

    /// <summary>How many requests may wait while <see cref="Workers"/> run; more are refused. Default: 1000.</summary>
    public int QueueLimit { get; init; } = 1000;

    /// <summary>What each request may use.</summary>
    public PythonWorkerLimits Limits { get; init; } = new();

    /// <summary>How long a process may take to start, mount and import <see cref="Preload"/>. Default: 60 seconds.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is granted; null where nothing is restricted.</summary>
    internal PythonCapabilities? Granted => Capabilities ?? (Policy.IsRestricted ? PythonCapabilities.None : null);

    /// <summary>What of this an interpreter is asked for, too.</summary>
    internal PythonOptions ForInterpreter => new() { Policy = Policy, FileSystem = FileSystem, SearchPaths = SearchPaths };

    /// <exception cref="ArgumentException">An option is out of range, or contradicts another.</exception>
    internal void Check()
    {
        ResolutionOrder.Check(ForInterpreter);
        Limits.Check();
        if (Granted is { } granted)
        {
            FileGrants.Check(nameof(PythonCapabilities.Read), granted.Read);
            FileGrants.Check(nameof(PythonCapabilities.Write), granted.Write);
            if (granted.Network.Count > 0 && !granted.Network.SequenceEqual(["*:*"]))
            {
                throw new ArgumentException("PythonWorkerOptions.Capabilities names hosts, which cannot be told apart in worker processes: grant \"*:*\" alone, or nothing and have the host fetch what the code needs.");
            }
        }

        foreach ((string name, int value, int least, int most) in (ReadOnlySpan<(string, int, int, int)>)[(nameof(Workers), Workers, 1, 1000), (nameof(Spares), Spares, 0, 1000), (nameof(QueueLimit), QueueLimit, 0, int.MaxValue)])
        {
            if (value < least || value > most)
            {
                throw new ArgumentException($"PythonWorkerOptions.{name} is {value}: give {least} to {most}.");
            }
        }
    }
}
