namespace PyEmbed.AspNetCore;

/// <summary>
/// The settings of <see cref="PythonWorkers"/>, as configuration has them: keys are the names of the properties. Read once, when the host starts; see <see cref="PythonWorkerOptions"/> for
/// what each means and docs/aspnetcore.md for the keys.
/// </summary>
public sealed class PyEmbedOptions
{
    /// <summary>Path of the <c>python</c> program that workers run. Null: the one that discovery finds.</summary>
    public string? Interpreter { get; set; }

    /// <summary>The profile of the import policy: <c>Restricted</c>, the default, <c>Desktop</c> or <c>Trusted</c>.</summary>
    public string Policy { get; set; } = nameof(PythonPolicy.Restricted);

    /// <summary>Modules that may be imported, as in <see cref="PythonPolicy.Allow"/>. Null: what the profile allows.</summary>
    public IList<string>? Allow { get; set; }

    /// <summary>Modules that must not be imported, as in <see cref="PythonPolicy.Deny"/>.</summary>
    public IList<string> Deny { get; } = [];

    /// <summary>What the code of requests may reach, as in <see cref="PythonWorkerOptions.Capabilities"/>. Null: nothing under <c>Restricted</c>, as far as this system can enforce it.</summary>
    public PythonCapabilities? Capabilities { get; set; }

    /// <summary>Whether Python imports from the file system. Null: on, and off under <c>Restricted</c>.</summary>
    public bool? FileSystem { get; set; }

    /// <summary>Folders and zip files appended to <c>sys.path</c>.</summary>
    public IList<string> SearchPaths { get; } = [];

    /// <summary>Whether to mount the trees of all assemblies that the build listed. Default: true.</summary>
    public bool AutoMount { get; set; } = true;

    /// <summary>More trees to mount; set by code.</summary>
    public IList<PythonTree> Mounts { get; } = [];

    /// <summary>Folder below which embedded files are extracted that must exist on disk.</summary>
    public string? ExtractionDirectory { get; set; }

    /// <summary>Folder of the code cache.</summary>
    public string? BytecodeCacheDirectory { get; set; }

    /// <summary>Modules that are imported once, so that requests have them at once.</summary>
    public IList<string> Preload { get; } = [];

    /// <summary>How many requests run at a time. Default: one for each processor.</summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>How many processes wait, ready for requests to come. Default: 2.</summary>
    public int Spares { get; set; } = 2;

    /// <summary>How many requests may wait; more are refused. Default: 1000.</summary>
    public int QueueLimit { get; set; } = 1000;

    /// <summary>How long a request may wait while others run; then it is refused. Null: as long as it takes.</summary>
    public TimeSpan? QueueTime { get; set; }

    /// <summary>What each request may use.</summary>
    public PythonWorkerLimits Limits { get; set; } = new();

    /// <summary>How long the workers may take to start. Default: 60 seconds.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the settings come from, for messages: <c>PyEmbed:</c>, or nothing where they were set by code.</summary>
    internal string Prefix { get; set; } = "";

    internal static IReadOnlyDictionary<string, PythonPolicy> Profiles { get; } =
        new[] { PythonPolicy.Restricted, PythonPolicy.Desktop, PythonPolicy.Trusted }.ToDictionary(policy => policy.Profile, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">A name of <see cref="Allow"/> or <see cref="Deny"/> is no dotted name.</exception>
    internal PythonPolicy ToPolicy() => Profiles[Policy] with { Allow = Allow?.ToArray(), Deny = [.. Deny] };

    internal PythonWorkerOptions ToWorkerOptions(PythonPolicy policy) => new()
    {
        Interpreter = Interpreter,
        Policy = policy,
        Capabilities = Capabilities,
        FileSystem = FileSystem,
        SearchPaths = [.. SearchPaths],
        AutoMount = AutoMount,
        Mounts = [.. Mounts],
        ExtractionDirectory = ExtractionDirectory,
        BytecodeCacheDirectory = BytecodeCacheDirectory,
        Preload = [.. Preload],
        Workers = Workers,
        Spares = Spares,
        QueueLimit = QueueLimit,
        QueueTime = QueueTime,
        Limits = Limits,
        StartTime = StartTime,
    };
}
