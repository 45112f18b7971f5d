using PyEmbed.Manifest.Rules;

namespace PyEmbed.Tasks.Trees;

/// <summary>
/// Which files the project's rules leave in its trees. A module goes by its name. Any other file belongs to the package of its
/// folder; a folder that holds no module, however deep, is part of the package around it and can be named itself. What lies at the
/// root, or in a folder whose name no package can have (metadata, shared libraries), is in no package, and no rule is about it.
/// </summary>
/// <param name="rules">The rules.</param>
internal sealed class ModuleSelection(ModuleRules rules)
{
    private readonly HashSet<string> _named = new(rules.InForce.Select(rule => rule.Module), StringComparer.Ordinal);
    private readonly Dictionary<string, ModuleRule> _excluded = new(StringComparer.Ordinal);

    // Of what rules name: what is there itself, and what something begins with.
    private readonly HashSet<string> _matched = new(StringComparer.Ordinal);
    private readonly HashSet<string> _matchedBelow = new(StringComparer.Ordinal);

    /// <summary>The modules that were left out, each with the rule that did it.</summary>
    public IReadOnlyDictionary<string, ModuleRule> Excluded => _excluded;

    /// <summary>Decides about the files of one tree.</summary>
    /// <param name="paths">Their paths in the archive: all of them, because they tell which folders are packages.</param>
    /// <returns>The paths that are left out.</returns>
    public HashSet<string> LeftOut(IReadOnlyCollection<string> paths)
    {
        var leftOut = new HashSet<string>(StringComparer.Ordinal);
        if (rules.IsEmpty)
        {
            return leftOut;
        }

        var folders = new Dictionary<string, RuleFolder>(StringComparer.Ordinal);
        var files = new List<(string Path, RuleFolder Folder, string? Module)>(paths.Count);
        foreach (string path in paths)
        {
            RuleFolder folder = RuleFolder.Of(path, folders);
            files.Add((path, folder, folder.Module(path)));
        }

        foreach ((string path, RuleFolder folder, string? module) in files)
        {
            ModuleRule? rule = module is null ? OfData(folder) : OfModule(folder, module);
            if (rule is { Includes: false })
            {
                leftOut.Add(path);
                if (module is not null)
                {
                    _excluded[module] = rule;
                }
            }
        }

        return leftOut;
    }

    /// <summary>Whether a rule matches anything of the trees that were decided about, or is about all modules.</summary>
    public bool Matches(ModuleRule rule) => rule.IsForAll || (rule.IsRecursive ? _matchedBelow : _matched).Contains(rule.Module);

    /// <summary>Whether there is anything below what a rule names.</summary>
    public bool HasBelow(ModuleRule rule) => _matchedBelow.Contains(rule.Module);

    private ModuleRule? OfModule(RuleFolder folder, string module)
    {
        if (_named.Contains(module) || module.Length <= folder.Name.Length)
        {
            NoteItself(module);
            NoteBelow(module);
            return rules.Deciding(module);
        }

        if (!folder.Unnamed.IsKnown)
        {
            NoteBelow(module);
            folder.Unnamed = (true, rules.Deciding(module));
        }

        return folder.Unnamed.Rule;
    }

    private ModuleRule? OfData(RuleFolder folder)
    {
        if (!folder.Data.IsKnown)
        {
            folder.Data = (true, DecideData(folder.Nameable));
        }

        return folder.Data.Rule;
    }

    private ModuleRule? DecideData(RuleFolder folder)
    {
        if (folder.Name.Length == 0)
        {
            return null;
        }

        string package = folder.Package.Name;
        NoteBelow(folder.Name);
        for (string name = folder.Name; name.Length >= package.Length; name = name.Substring(0, Math.Max(0, name.LastIndexOf('.'))))
        {
            NoteItself(name);
        }

        return rules.Deciding(folder.Name, package);
    }

    private void NoteItself(string name)
    {
        if (_named.Contains(name))
        {
            _matched.Add(name);
        }
    }

    private void NoteBelow(string name)
    {
        for (; name.Length > 0; name = name.Substring(0, Math.Max(0, name.LastIndexOf('.'))))
        {
            if (_named.Contains(name))
            {
                _matchedBelow.Add(name);
            }
        }
    }
}
