namespace PyEmbed;

/// <summary>
/// How <see cref="PythonInterpreter.Start"/> finds and starts CPython, and what it mounts.
/// An instance is immutable, but for the modules added to <see cref="NativeModules"/>; every property has a useful default.
/// </summary>
/// <remarks>
/// <see cref="Library"/>, <see cref="Home"/>, <see cref="VirtualEnvironment"/>, <see cref="Arguments"/> and a <see cref="Policy"/> other than <see cref="PythonPolicy.Trusted"/> need a fresh start:
/// where another host has started CPython in this process already, giving one of them is an error.
/// </remarks>
public sealed class PythonOptions
{
    private string? library;

    /// <summary>
    /// Path of the CPython shared library (<c>libpython3.X.so.1.0</c>, <c>python3X.dll</c>, <c>libpython3.X.dylib</c>).
    /// Null: <c>PYEMBED_LIBRARY</c>, else the library that belongs to the interpreter found.
    /// </summary>
    public string? Library
    {
        get => library;
        init => library = value;
    }

    /// <summary>
    /// The installation's prefix: the folder that holds <c>lib/python3.X</c> (on Windows <c>Lib</c>), as <c>PYTHONHOME</c> names it.
    /// Null: <c>PYEMBED_HOME</c>, else the prefix of the interpreter or library found.
    /// </summary>
    public string? Home { get; init; }

    /// <summary>
    /// Root folder of a virtual environment (PEP 405), the folder that holds <c>pyvenv.cfg</c>. Its <c>site-packages</c> and their
    /// <c>.pth</c> files are then in effect. Null: the active one (<c>VIRTUAL_ENV</c>), if neither library nor home is given.
    /// </summary>
    public string? VirtualEnvironment { get; init; }

    /// <summary>
    /// Whether Python imports from the file system: from <see cref="SearchPaths"/>, from the site-packages of a virtual environment, and from files that mounted trees have extracted.
    /// Off: modules come from native modules, mounted trees (folders among them, which .NET reads) and the standard library only, whatever a script does to <c>sys.path</c> or to the <c>__path__</c> of
    /// a package; nothing of a tree becomes a file; <see cref="SearchPaths"/> and <see cref="VirtualEnvironment"/> are errors. It says nothing of what scripts open themselves.
    /// Null: on, and off under <see cref="PythonPolicy.Restricted"/>.
    /// </summary>
    public bool? FileSystem { get; init; }

    /// <summary>
    /// Folders and zip files appended to <c>sys.path</c>, in this order, made absolute. Without a virtual environment CPython starts
    /// isolated (<c>-I -S</c>), so the installation's <c>site-packages</c> are on <c>sys.path</c> only if listed here.
    /// </summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Whether to mount the trees of all assemblies that the build listed (<c>PyEmbed.Assemblies</c> in the runtime configuration). Default: true.</summary>
    public bool AutoMount { get; init; } = true;

    /// <summary>More trees to mount, after those of <see cref="AutoMount"/>, in this order. They stay mounted as long as the interpreter runs.</summary>
    public IReadOnlyList<PythonTree> Mounts { get; init; } = [];

    /// <summary>
    /// Finders of the host, asked in this order for modules that are neither imported nor in the registry (native, built-in and, where the registry comes first, standard modules), before mounted
    /// trees. They stay as long as the interpreter runs.
    /// </summary>
    public IReadOnlyList<PythonImporter> Importers { get; init; } = [];

    /// <summary>
    /// Modules written in C#: <c>options.NativeModules.Add("host", module => …)</c>. Python finds them before any other module of the same name, but in <c>sys.modules</c>;
    /// names of Python's standard library are refused by <see cref="PythonInterpreter.Start"/>.
    /// </summary>
    public PythonNativeModules NativeModules { get; } = [];

    /// <summary>
    /// Folder below which embedded files that must exist on disk (extension modules, data of packages that use <c>__file__</c>) are extracted;
    /// made absolute. It is created when first needed, private to the user; if it exists, nobody else may be able to write to it. No other
    /// place is used instead. Null: the first usable of a folder in the user's cache and one in the folder for temporary files.
    /// </summary>
    public string? ExtractionDirectory { get; init; }

    /// <summary>
    /// Folder of the code cache: below it is kept what CPython has compiled of trees without bytecode for its version, so that other processes need not compile it again.
    /// Made absolute; as for <see cref="ExtractionDirectory"/> it is created when first needed, and must be this user's alone: where it is not, or cannot be written to,
    /// modules are compiled in each process. Null: the extraction directory. An empty string: nothing is kept.
    /// </summary>
    public string? BytecodeCacheDirectory { get; init; }

    /// <summary>Which modules may be imported, by whatever code this interpreter runs. Default: <see cref="PythonPolicy.Trusted"/>, everything.</summary>
    public PythonPolicy Policy { get; init; } = PythonPolicy.Trusted;

    /// <summary>
    /// What Python code may reach: files, network, processes, native code, the environment. In force once everything is mounted, before <see cref="PythonInterpreter.Start"/> returns,
    /// and for the life of the process. Null: <see cref="PythonCapabilities.None"/> under a policy made of <see cref="PythonPolicy.Restricted"/>, else nothing is restricted, and nothing spent on it.
    /// Linux only: elsewhere giving them is an error, and null restricts nothing.
    /// </summary>
    public PythonCapabilities? Capabilities { get; init; }

    /// <summary>
    /// What <c>sys.argv[1:]</c> is outside <see cref="PythonInterpreter.RunModule"/> and <see cref="PythonInterpreter.RunEntryPoint"/>,
    /// which set <c>sys.argv</c> for their program. Default: empty, so that <c>sys.argv</c> is <c>['']</c>.
    /// </summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What has named <see cref="Library"/>, for errors.</summary>
    internal string LibrarySource { get; private set; } = $"{nameof(PythonOptions)}.{nameof(Library)}";

    /// <summary>What has named <see cref="Home"/>, for errors.</summary>
    internal string HomeSource { get; init; } = $"{nameof(PythonOptions)}.{nameof(Home)}";

    /// <summary>What has named <see cref="VirtualEnvironment"/>, for errors.</summary>
    internal string EnvironmentSource { get; init; } = $"{nameof(PythonOptions)}.{nameof(VirtualEnvironment)}";

    /// <summary>The same options with this library.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="source">What names it, for errors.</param>
    internal PythonOptions WithLibrary(string path, string source)
    {
        var copy = (PythonOptions)MemberwiseClone();
        copy.library = path;
        copy.LibrarySource = source;
        return copy;
    }
}
