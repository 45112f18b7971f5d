using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Tasks.Trees;

/// <summary>One folder of a tree, as rules see it: what is the same for all its files is found out once.</summary>
internal sealed class RuleFolder
{
    private const string Init = "__init__";

    private readonly RuleFolder? _parent;
    private readonly int _nameStart;
    private bool _holdsModules;

    private RuleFolder(string path, RuleFolder? parent)
    {
        _parent = parent;
        _nameStart = path.Length == 0 ? 0 : path.Length + 1;
        string own = parent is null ? "" : path.Substring(parent._nameStart);
        IsPackage = parent is null || (parent.IsPackage && ModuleName.IsIdentifier(own));
        Name = IsPackage ? path.Replace('/', '.') : "";
    }

    /// <summary>Whether the folder's name can be a package's; the root counts as one.</summary>
    public bool IsPackage { get; }

    /// <summary>The dotted name; empty for the root, and for what cannot be a package.</summary>
    public string Name { get; }

    /// <summary>The folder itself or the nearest one above it whose name can be a package's.</summary>
    public RuleFolder Nameable => IsPackage ? this : _parent!.Nameable;

    /// <summary>The folder itself or the nearest one above it that holds modules, however deep; the topmost where none does.</summary>
    public RuleFolder Package => _holdsModules || _parent is null || _parent._parent is null ? this : _parent.Package;

    /// <summary>What rules say of modules here that none of them names.</summary>
    public (bool IsKnown, ModuleRule? Rule) Unnamed { get; set; }

    /// <summary>What rules say of files here that are no modules.</summary>
    public (bool IsKnown, ModuleRule? Rule) Data { get; set; }

    /// <summary>The folder that a file lies in.</summary>
    /// <param name="path">The file's path, or the folder's with a slash at its end.</param>
    /// <param name="known">The folders so far.</param>
    public static RuleFolder Of(string path, Dictionary<string, RuleFolder> known)
    {
        string folder = path.Substring(0, Math.Max(0, path.LastIndexOf('/')));
        if (!known.TryGetValue(folder, out RuleFolder? found))
        {
            found = new RuleFolder(folder, folder.Length == 0 ? null : Of(folder, known));
            known.Add(folder, found);
        }

        return found;
    }

    /// <summary>The module that a file here is, as <see cref="ModuleName.FromPath"/> has it; null for any other file.</summary>
    public string? Module(string path)
    {
        if (!IsPackage || ModuleName.FromPath(_nameStart == 0 ? path : path.Substring(_nameStart), out _) is not string module)
        {
            return null;
        }

        for (RuleFolder? folder = this; folder is { _holdsModules: false }; folder = folder._parent)
        {
            folder._holdsModules = true;
        }

        return _nameStart == 0 ? module : module == Init ? Name : $"{Name}.{module}";
    }
}
