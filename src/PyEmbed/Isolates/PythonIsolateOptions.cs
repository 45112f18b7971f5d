namespace PyEmbed;

/// <summary>What <see cref="PythonInterpreter.CreateIsolated"/> gives to an isolate. An instance is immutable, but for the modules added to <see cref="NativeModules"/>, and may serve for any number of isolates.</summary>
/// <remarks>Where files are extracted and compiled code is kept is the interpreter's decision, see <see cref="PythonOptions"/>.</remarks>
public sealed class PythonIsolateOptions
{
    /// <summary>
    /// Whether the isolate has a GIL of its own (PEP 684), so that its Python code runs beside that of others, on a core of its own. CPython has that from 3.12 on; before, the isolate shares the main interpreter's
    /// GIL all the same, and <see cref="PythonIsolate.HasOwnGil"/> says so. Only extension modules that declare their support can be imported then. Default: false.
    /// </summary>
    public bool OwnGil { get; init; }

    /// <summary>Whether to mount the trees of all assemblies that the build listed, as <see cref="PythonOptions.AutoMount"/>. Default: true.</summary>
    public bool AutoMount { get; init; } = true;

    /// <summary>More trees to mount, after those of <see cref="AutoMount"/>, in this order. One tree may be mounted in any number of interpreters: its memory is shared.</summary>
    public IReadOnlyList<PythonTree> Mounts { get; init; } = [];

    /// <summary>Which modules code may import. It guards imports and nothing else: isolates are for code that is trusted, a worker process is for other code.</summary>
    public PythonPolicy Policy { get; init; } = PythonPolicy.Trusted;

    /// <summary>Whether Python imports from the file system, as <see cref="PythonOptions.FileSystem"/>. Null: on, and off under <see cref="PythonPolicy.Restricted"/>.</summary>
    public bool? FileSystem { get; init; }

    /// <summary>Folders and zip files appended to <c>sys.path</c>, in this order, made absolute.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>
    /// Modules written in C#. Each isolate builds its own when it imports them: the delegates given to <see cref="PythonNativeModules.Add"/> run once in each, and functions run on the threads of the isolate that calls
    /// them, those of isolates with GILs of their own at the same time.
    /// </summary>
    public PythonNativeModules NativeModules { get; } = [];

    /// <summary>What <c>sys.argv[1:]</c> is outside of <see cref="PythonIsolate.RunModule"/> and <see cref="PythonIsolate.RunEntryPoint"/>. Default: empty.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// Where <c>sys.stdout</c> writes to, text by text, on the isolate's threads, with its GIL held; isolates that are given the same writer take turns. Null: the standard output of the process, by a buffer of the isolate's own.
    /// Child processes, and code that writes to descriptor 1, write to the process's in any case.
    /// </summary>
    public TextWriter? Output { get; init; }

    /// <summary>Where <c>sys.stderr</c> writes to, as <see cref="Output"/>. Null: the standard error of the process.</summary>
    public TextWriter? Error { get; init; }

    /// <summary>The same for the code that sets up any interpreter.</summary>
    internal PythonOptions ToOptions()
    {
        var options = new PythonOptions
        {
            AutoMount = AutoMount,
            Mounts = Mounts,
            Policy = Policy,
            FileSystem = FileSystem,
            SearchPaths = SearchPaths,
            Arguments = Arguments,
        };
        foreach ((string name, Action<PythonNativeModule> build) in NativeModules.Freeze())
        {
            options.NativeModules.Add(name, build);
        }

        return options;
    }
}
