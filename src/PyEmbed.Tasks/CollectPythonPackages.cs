using Microsoft.Build.Framework;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Output;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks;

/// <summary>
/// Makes one archive a distribution out of <c>PythonPackage</c> items, and the manifest that the generator reads. Where nothing
/// changed since the last run it only looks at sizes and times.
/// </summary>
public sealed class CollectPythonPackages : ReportingTask, ICancelableTask
{
    // A build's log is to be sent around.
    private const int MostDiagnosed = 50;
    private const int LargestDiagnosed = 1 << 18;

    private Action? _cancel;

    /// <summary>The project's folder: the base of relative paths, and what counts as the project's own code.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The project's file; problems without a Python file are reported there.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Where archives, manifest and state go.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The default distribution is named after it.</summary>
    [Required]
    public string AssemblyName { get; set; } = "";

    /// <summary>Files and folders, with the metadata <c>Root</c>, <c>Link</c>, <c>Distribution</c>, <c>Materialize</c>.</summary>
    public ITaskItem[] Packages { get; set; } = [];

    /// <summary>
    /// For each package <c>|</c> and its <c>RecursiveDir</c>, which a task host does not pass on with the items. Empty metadata
    /// would drop out of a list, hence the bar.
    /// </summary>
    public string[] RecursiveDirs { get; set; } = [];

    /// <summary>Dotted names of modules with the metadata <c>Action</c>, which say in their order what belongs to the trees.</summary>
    public ITaskItem[] Rules { get; set; } = [];

    /// <summary>References <c>module:function</c>, with the metadata <c>Name</c>.</summary>
    public ITaskItem[] EntryPoints { get; set; } = [];

    /// <summary>Whether console scripts of embedded distributions become methods: in C#, where the target framework has PyEmbed's runtime.</summary>
    public bool ScriptMethods { get; set; } = true;

    /// <summary>What the generated <c>Main</c> runs: <c>module:function</c>, or a module's name.</summary>
    public string Main { get; set; } = "";

    /// <summary>
    /// The interpreters, separated by <c>;</c>: each a path, a version such as <c>3.11</c>, or a command. The first checks, each compiles.
    /// </summary>
    public string Python { get; set; } = "";

    /// <summary>
    /// The versions that bytecode is made for: <c>auto</c> for those of the interpreters, <c>none</c>, <c>found</c> for each that is
    /// found, or a list such as <c>3.11;3.12</c>.
    /// </summary>
    public string Bytecode { get; set; } = "";

    /// <summary>The optimisation level of bytecode, as the interpreter's <c>-O</c> has it: <c>0</c>, <c>1</c> or <c>2</c>.</summary>
    public string Optimize { get; set; } = "";

    /// <summary><c>Include</c>, or <c>Strip</c> to leave out sources that have bytecode for every version.</summary>
    public string Source { get; set; } = "";

    /// <summary><c>None</c>, or <c>Deflate</c> to compress the entries that become notably smaller.</summary>
    public string Compression { get; set; } = "";

    /// <summary>Where bytecode is kept for later builds of any configuration and target framework; below the project's folder for intermediate output.</summary>
    [Required]
    public string CacheDirectory { get; set; } = "";

    /// <summary>Folders of the build's own output, left out of every tree.</summary>
    public string[] ExcludedFolders { get; set; } = [];

    /// <summary>Where the trees stand on <c>sys.path</c>, <c>app</c> or <c>library</c>; empty where their files decide it.</summary>
    public string Placement { get; set; } = "";

    /// <summary>Whether this is a design-time build: at most a manifest with the modules' names is written, no interpreter started.</summary>
    public bool NamesOnly { get; set; }

    /// <summary>Whether the task logs what it found, because no generator does.</summary>
    public bool LogDiagnostics { get; set; }

    /// <summary>The archives, ready to be <c>EmbeddedResource</c> items, with the metadata <c>Distribution</c>.</summary>
    [Output]
    public ITaskItem[] Archives { get; private set; } = [];

    /// <summary>The manifest, ready to be an <c>AdditionalFiles</c> item.</summary>
    [Output]
    public ITaskItem? Manifest { get; private set; }

    /// <summary>Some of the files that problems of this build, or of the one that found all this, name: for the build's log.</summary>
    [Output]
    public ITaskItem[] Diagnosed { get; private set; } = [];

    /// <inheritdoc/>
    public void Cancel() => _cancel?.Invoke();

    /// <inheritdoc/>
    public override bool Execute()
    {
        // Without a timer or a wait handle, the source holds nothing that must be disposed while another thread may cancel.
        var cancellation = new CancellationTokenSource();
        _cancel = cancellation.Cancel;
        var collector = new Collector(Options(), Environment.GetEnvironmentVariable("PATH") ?? "", Environment.GetEnvironmentVariable("PYENV_ROOT"));
        try
        {
            Report(NamesOnly ? collector.RunForNames() : collector.Run(cancellation.Token));
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"The Python archives below '{OutputDirectory}' cannot be made: {e.Message}");
        }

        return !Log.HasLoggedErrors;
    }

    private CollectOptions Options() => new()
    {
        ProjectDirectory = ProjectDirectory,
        ProjectFile = ProjectFile,
        OutputDirectory = Path.GetFullPath(Path.Combine(ProjectDirectory, OutputDirectory)),
        CacheDirectory = Path.GetFullPath(Path.Combine(ProjectDirectory, CacheDirectory)),
        AssemblyName = AssemblyName,
        Packages = Packages.Select((item, i) => new PackageItem(
            item.GetMetadata("FullPath"),
            i < RecursiveDirs.Length ? RecursiveDirs[i].Substring(1) : "",
            item.GetMetadata("Root"),
            item.GetMetadata("Distribution"),
            item.GetMetadata("Materialize"),
            item.GetMetadata("Link"))).ToList(),
        Rules = Rules.Select(item => new RuleItem(item.ItemSpec, item.GetMetadata("Action"), DefiningFile(item))).ToList(),
        EntryPoints = EntryPoints.Select(item => new EntryPointItem(item.ItemSpec, item.GetMetadata("Name"))).ToList(),
        ScriptMethods = ScriptMethods,
        Main = Main,
        Python = Python,
        Bytecode = Bytecode,
        Optimize = Optimize,
        Source = Source,
        Compression = Compression,
        ExcludedFolders = ExcludedFolders.Where(folder => folder.Length > 0).ToList(),
        Placement = ArchiveFormat.TryParse(Placement, out TreePlacement placement) ? placement : null,
        ReportsProblems = LogDiagnostics,
    };

    // A task host does not pass it on.
    private string DefiningFile(ITaskItem item) => item.GetMetadata("DefiningProjectFullPath") is { Length: > 0 } file ? file : ProjectFile;

    private void Report(CollectResult result)
    {
        Report(LogDiagnostics ? result.Blocking.Concat(result.Recorded) : result.Blocking);
        Archives = result.Archives.Select(ArchiveItem).ToArray();
        Manifest = result.Manifest is string path ? ItemPaths.ToItem(path) : null;
        Diagnosed = (result.Manifest is string manifest ? DiagnosedFiles.Read(manifest, MostDiagnosed) : result.Blocking.Select(problem => problem.File))
            .Where(file => new FileInfo(file) is { Exists: true, Length: <= LargestDiagnosed })
            .Distinct(FilePaths.Comparer)
            .Select(file => ItemPaths.ToItem(file))
            .ToArray();
        Log.LogMessage(
            MessageImportance.Low,
            result.WasCurrent ? "The Python archives are up to date: {0}." : "The Python archives were made: {0}. Interpreters looked at {1} files.",
            string.Join(", ", result.Archives.Select(archive => archive.Distribution)),
            result.Asked);
    }

    private static ITaskItem ArchiveItem(ArchiveOutput archive) =>
        ItemPaths.ToItem(archive.Path, new Dictionary<string, string>
        {
            ["LogicalName"] = PythonTree.ResourceNameOf(archive.Distribution),
            ["WithCulture"] = "false",
            ["Type"] = "Non-Resx",
            ["Distribution"] = archive.Distribution,
        });
}
