using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Checks;

/// <summary>Which modules there are, by their dotted names.</summary>
internal sealed class ModuleTable
{
    private const string Init = ".__init__";

    private readonly Dictionary<string, ModuleKind> _kinds = new(StringComparer.Ordinal) { [""] = ModuleKind.Namespace };

    /// <summary>Adds what a file of a tree is, with the folders above it.</summary>
    public void Add(string archivePath)
    {
        for (int slash = archivePath.LastIndexOf('/'); slash > 0; slash = archivePath.LastIndexOf('/', slash - 1))
        {
            string folder = archivePath.Substring(0, slash).Replace('/', '.');
            if (!Raise(folder, ModuleKind.Namespace))
            {
                break; // Then its parents are known as well.
            }
        }

        // After the folders: a package that is known says nothing of its parents.
        if (ModuleName.FromPath(archivePath, out bool isPackage) is string name)
        {
            Raise(name, isPackage ? ModuleKind.Package : ModuleKind.Module);
        }
    }

    public ModuleKind KindOf(string name) => _kinds.TryGetValue(name, out ModuleKind kind)
        ? kind
        : name.EndsWith(Init, StringComparison.Ordinal) && KindOf(ParentOf(name)) == ModuleKind.Package ? ModuleKind.Module : ModuleKind.None;

    /// <summary>The first of a dotted name's prefixes, the name itself included, that no tree has; null where all are there.</summary>
    public string? FirstMissing(string name)
    {
        for (int dot = name.IndexOf('.'); ; dot = name.IndexOf('.', dot + 1))
        {
            string prefix = dot < 0 ? name : name.Substring(0, dot);
            if (KindOf(prefix) == ModuleKind.None)
            {
                return prefix;
            }

            if (dot < 0)
            {
                return null;
            }
        }
    }

    /// <summary>The name's part before the last dot; empty where there is none.</summary>
    public static string ParentOf(string name) => name.Substring(0, Math.Max(0, name.LastIndexOf('.')));

    private bool Raise(string name, ModuleKind kind)
    {
        ModuleKind known = KindOf(name);
        if (kind > known)
        {
            _kinds[name] = kind;
        }

        return known == ModuleKind.None;
    }
}
