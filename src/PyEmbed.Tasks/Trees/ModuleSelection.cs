using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Tasks.Trees;

/// <summary>
/// Which files the project's rules leave in its trees. A module goes by its name. Any other file belongs to the package of its
/// folder; a folder that holds no module, however deep, is part of the package around it and can be named itself. What lies at the
/// root, or in a folder whose name no package can have (metadata, shared libraries), is in no package, and no rule is about it.
/// </summary>
internal sealed class ModuleSelection
{
    private readonly ModuleRules _rules;
    private readonly Dictionary<string, ModuleRule> _excluded = new(StringComparer.Ordinal);

    // What rules can match: names themselves, and whatever they begin with.
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    public ModuleSelection(ModuleRules rules) => _rules = rules;

    /// <summary>The modules that were left out, each with the rule that did it.</summary>
    public IReadOnlyDictionary<string, ModuleRule> Excluded => _excluded;

    /// <summary>Decides about the files of one tree.</summary>
    /// <param name="paths">Their paths in the archive: all of them, because they tell which folders are packages.</param>
    /// <returns>The paths that are left out.</returns>
    public HashSet<string> LeftOut(IReadOnlyCollection<string> paths)
    {
        var leftOut = new HashSet<string>(StringComparer.Ordinal);
        if (_rules.IsEmpty)
        {
            return leftOut;
        }

        HashSet<string> packages = FoldersWithModules(paths);
        var byFolder = new Dictionary<string, ModuleRule?>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            ModuleRule? rule;
            if (ModuleName.FromPath(path, out _) is string module)
            {
                Note(module);
                rule = _rules.Deciding(module);
                if (rule is { Includes: false })
                {
                    _excluded[module] = rule;
                }
            }
            else
            {
                string folder = FolderOf(path);
                if (!byFolder.TryGetValue(folder, out rule))
                {
                    rule = OfFolder(folder, packages);
                    byFolder.Add(folder, rule);
                }
            }

            if (rule is { Includes: false })
            {
                leftOut.Add(path);
            }
        }

        return leftOut;
    }

    /// <summary>Whether a rule matches anything of the trees that were decided about, or is about all modules.</summary>
    public bool Matches(ModuleRule rule) => rule.IsForAll || (rule.IsRecursive ? _prefixes : _names).Contains(rule.Module);

    /// <summary>Whether there is anything below a name.</summary>
    public bool HasBelow(string module) => _prefixes.Contains(module);

    private static HashSet<string> FoldersWithModules(IEnumerable<string> paths)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (ModuleName.FromPath(path, out _) is not null)
            {
                for (string folder = FolderOf(path); folder.Length > 0 && folders.Add(folder); folder = FolderOf(folder))
                {
                }
            }
        }

        return folders;
    }

    private ModuleRule? OfFolder(string folder, HashSet<string> packages)
    {
        // Below a folder that is no package by its name, the last one that is.
        int end = 0;
        while (end < folder.Length && Part(folder, end) is var next && ModuleName.IsIdentifier(folder.Substring(end, next - end)))
        {
            end = Math.Min(next + 1, folder.Length);
        }

        folder = folder.Substring(0, end).TrimEnd('/');
        if (folder.Length == 0)
        {
            return null;
        }

        string package = folder;
        while (!packages.Contains(package) && package.IndexOf('/') > 0)
        {
            package = FolderOf(package);
        }

        string name = folder.Replace('/', '.');
        Note(name);
        for (string between = folder; between.Length > package.Length; between = FolderOf(between))
        {
            _names.Add(between.Replace('/', '.'));
        }

        _names.Add(package.Replace('/', '.'));
        return _rules.Deciding(name, package.Replace('/', '.'));
    }

    private void Note(string name)
    {
        _names.Add(name);
        while (_prefixes.Add(name) && name.LastIndexOf('.') is var dot and > 0)
        {
            name = name.Substring(0, dot);
        }
    }

    private static int Part(string folder, int start) => folder.IndexOf('/', start) is var slash and >= 0 ? slash : folder.Length;

    private static string FolderOf(string path) => path.Substring(0, Math.Max(0, path.LastIndexOf('/')));
}
