using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks;

/// <summary>Everything that decides what a build collects.</summary>
internal sealed record CollectOptions
{
    /// <summary>The project's folder: the base of relative paths, and what counts as the project's own code.</summary>
    public string ProjectDirectory { get; init; } = "";

    /// <summary>Named by problems that have no Python file.</summary>
    public string ProjectFile { get; init; } = "";

    /// <summary>Where archives, manifest and state go.</summary>
    public string OutputDirectory { get; init; } = "";

    /// <summary>What all configurations and target frameworks of the project share: bytecode and what was found out of files.</summary>
    public string CacheDirectory { get; init; } = "";

    /// <summary>The default distribution is named after it.</summary>
    public string AssemblyName { get; init; } = "";

    public IReadOnlyList<PackageItem> Packages { get; init; } = [];

    /// <summary>Which modules belong to the trees; in their order.</summary>
    public IReadOnlyList<RuleItem> Rules { get; init; } = [];

    public IReadOnlyList<EntryPointItem> EntryPoints { get; init; } = [];

    /// <summary>Whether console scripts of embedded distributions become methods.</summary>
    public bool ScriptMethods { get; init; } = true;

    /// <summary>What the generated <c>Main</c> runs; empty for none.</summary>
    public string Main { get; init; } = "";

    /// <summary>The interpreters, separated by <c>;</c>: paths, versions or commands; empty for the default.</summary>
    public string Python { get; init; } = "";

    /// <summary><c>auto</c>, <c>none</c>, <c>found</c>, or versions separated by <c>;</c>; empty for <c>auto</c>.</summary>
    public string Bytecode { get; init; } = "";

    /// <summary>The optimisation level, <c>0</c> to <c>2</c>; empty for 0.</summary>
    public string Optimize { get; init; } = "";

    /// <summary><c>Include</c> or <c>Strip</c>; empty for the former.</summary>
    public string Source { get; init; } = "";

    /// <summary><c>None</c> or <c>Deflate</c>; empty for the former.</summary>
    public string Compression { get; init; } = "";

    /// <summary>Folders of the build's own output, left out of every tree.</summary>
    public IReadOnlyList<string> ExcludedFolders { get; init; } = [];

    /// <summary>Where every tree stands on <c>sys.path</c>; null where its files decide it.</summary>
    public TreePlacement? Placement { get; init; }

    /// <summary>
    /// Whether the caller reports what is found, instead of a generator: then a run with nothing to do gives it again, because what
    /// the build makes of it, an error or nothing, is not known here.
    /// </summary>
    public bool ReportsProblems { get; init; }
}
