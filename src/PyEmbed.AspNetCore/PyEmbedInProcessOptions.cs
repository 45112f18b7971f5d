namespace PyEmbed.AspNetCore;

/// <summary>
/// The settings of <see cref="PythonScripts"/>, as configuration has them: keys are the names of the properties. Read once, when the host starts; see <see cref="PythonOptions"/> and
/// <see cref="PythonIsolateOptions"/> for what each means, and docs/aspnetcore.md for the keys.
/// </summary>
/// <remarks>Where the application has started Python itself by then, that interpreter is used, and what is about starting it here is not.</remarks>
public sealed class PyEmbedInProcessOptions
{
    /// <summary>Path of CPython's shared library. Null: the one that discovery finds.</summary>
    public string? Library { get; set; }

    /// <summary>Folder of the standard library's installation, as in <see cref="PythonOptions.Home"/>.</summary>
    public string? Home { get; set; }

    /// <summary>A virtual environment, as in <see cref="PythonOptions.VirtualEnvironment"/>.</summary>
    public string? VirtualEnvironment { get; set; }

    /// <summary>How many scripts run at a time: the most isolates. Default: one for each processor.</summary>
    public int Isolates { get; set; } = Environment.ProcessorCount;

    /// <summary>Whether isolates have GILs of their own, from CPython 3.12 on. Default: false.</summary>
    public bool OwnGil { get; set; }

    /// <summary>The profile of the isolates' import policy: <c>Trusted</c>, the default, <c>Desktop</c> or <c>Restricted</c>. It guards imports, and nothing else.</summary>
    public string Policy { get; set; } = nameof(PythonPolicy.Trusted);

    /// <summary>Modules that may be imported, as in <see cref="PythonPolicy.Allow"/>. Null: what the profile allows.</summary>
    public IList<string>? Allow { get; set; }

    /// <summary>Modules that must not be imported, as in <see cref="PythonPolicy.Deny"/>.</summary>
    public IList<string> Deny { get; } = [];

    /// <summary>Whether Python imports from the file system. Null: on, and off under <c>Restricted</c>.</summary>
    public bool? FileSystem { get; set; }

    /// <summary>Folders and zip files appended to <c>sys.path</c>.</summary>
    public IList<string> SearchPaths { get; } = [];

    /// <summary>Whether to mount the trees of all assemblies that the build listed. Default: true.</summary>
    public bool AutoMount { get; set; } = true;

    /// <summary>More trees to mount; set by code.</summary>
    public IList<PythonTree> Mounts { get; } = [];

    /// <summary>Modules written in C#, by name; set by code. See <see cref="PythonIsolateOptions.NativeModules"/>.</summary>
    public IDictionary<string, Action<PythonNativeModule>> NativeModules { get; } = new Dictionary<string, Action<PythonNativeModule>>();

    /// <summary>Folder below which embedded files are extracted that must exist on disk.</summary>
    public string? ExtractionDirectory { get; set; }

    /// <summary>Folder of the code cache.</summary>
    public string? BytecodeCacheDirectory { get; set; }

    /// <summary>Modules that each isolate imports before its first script.</summary>
    public IList<string> Preload { get; } = [];

    /// <summary>How many characters are kept of what a script writes to <c>sys.stdout</c>, and as many of <c>sys.stderr</c>. Default: 1,048,576.</summary>
    public int Output { get; set; } = 1 << 20;

    /// <summary>Where the settings come from, for messages.</summary>
    internal string Prefix { get; set; } = "";

    /// <exception cref="ArgumentException">A name of <see cref="Allow"/> or <see cref="Deny"/> is no dotted name.</exception>
    internal PythonPolicy ToPolicy() => PyEmbedOptions.Profiles[Policy] with { Allow = Allow is null ? null : [.. Allow, .. LogHandler.Modules], Deny = [.. Deny] };

    /// <summary>For the main interpreter, where nothing is run but the packages of scripts that are loaded.</summary>
    internal PythonOptions ToPythonOptions() => new()
    {
        Library = Library,
        Home = Home,
        VirtualEnvironment = VirtualEnvironment,
        FileSystem = FileSystem,
        SearchPaths = [.. SearchPaths],
        AutoMount = AutoMount,
        Mounts = [.. Mounts],
        ExtractionDirectory = ExtractionDirectory,
        BytecodeCacheDirectory = BytecodeCacheDirectory,
    };

    /// <exception cref="ArgumentException">The name of a native module is none.</exception>
    internal PythonIsolateOptions ToIsolateOptions(TextWriter output, TextWriter error)
    {
        PythonIsolateOptions options = new()
        {
            OwnGil = OwnGil,
            Policy = ToPolicy(),
            FileSystem = FileSystem,
            SearchPaths = [.. SearchPaths],
            AutoMount = AutoMount,
            Mounts = [.. Mounts],
            Output = output,
            Error = error,
        };
        foreach ((string name, Action<PythonNativeModule> build) in NativeModules)
        {
            options.NativeModules.Add(name, build);
        }

        return options;
    }
}
