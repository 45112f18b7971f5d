namespace PyEmbed.Tool.Inputs;

/// <summary>A module of a tree.</summary>
/// <param name="name">Its dotted name.</param>
internal sealed class TreeModule(string name)
{
    private readonly List<TreeBytecode> bytecode = [];

    /// <summary>The dotted name.</summary>
    public string Name { get; } = name;

    /// <summary>What it is, as CPython would import it: a package before an extension module before a source.</summary>
    public TreeModuleKind Kind => IsPackage ? TreeModuleKind.Package
        : Extensions.Count > 0 ? TreeModuleKind.Extension
        : Source is not null || bytecode.Count > 0 ? TreeModuleKind.Module
        : TreeModuleKind.Namespace;

    /// <summary>Whether it is a folder's <c>__init__</c>.</summary>
    public bool IsPackage { get; set; }

    /// <summary>Its source; null where it has none.</summary>
    public TreeFile? Source { get; set; }

    /// <summary>Its native code, a file for each CPython and system.</summary>
    public List<TreeFile> Extensions { get; } = [];

    /// <summary>Its bytecode, a file for each version of CPython.</summary>
    public IReadOnlyList<TreeBytecode> Bytecode => bytecode;

    /// <summary>The file that shows where the module lies; null for a namespace.</summary>
    public TreeFile? File => Source ?? (Extensions.Count > 0 ? Extensions[0] : bytecode.Count > 0 ? bytecode[0].File : null);

    /// <summary>Whether its source was left out.</summary>
    public bool IsStripped => Source is null && bytecode.Count > 0;

    /// <summary>Adds bytecode.</summary>
    public void Add(TreeBytecode code) => bytecode.Add(code);
}
