using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>The modules of all trees of a project, by name.</summary>
internal sealed class ProjectModules
{
    private readonly Dictionary<string, TreeFile> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, ModuleRule> _excluded;

    /// <param name="trees">The project's trees.</param>
    /// <param name="excluded">The modules that rules leave out of them, each with its rule.</param>
    public ProjectModules(IEnumerable<PythonTree> trees, IReadOnlyDictionary<string, ModuleRule> excluded)
    {
        _excluded = excluded;
        foreach (TreeFile file in trees.SelectMany(tree => tree.Files))
        {
            if (ModuleName.FromPath(file.Path, out bool isPackage) is not string name)
            {
                continue;
            }

            if (isPackage || !_modules.ContainsKey(name))
            {
                _modules[name] = file;
            }

            for (int dot = name.IndexOf('.'); dot > 0; dot = name.IndexOf('.', dot + 1))
            {
                _packages.Add(name.Substring(0, dot));
            }

            if (isPackage)
            {
                _packages.Add(name);
            }
        }
    }

    /// <summary>The file of a module, or null where no tree has it. A namespace package has none.</summary>
    public TreeFile? Find(string module) => _modules.TryGetValue(module, out TreeFile? file) ? file : null;

    /// <summary>Whether the name is that of a package, regular or namespace.</summary>
    public bool IsPackage(string module) => _packages.Contains(module);

    /// <summary>The rule that leaves a module out, or null where none does.</summary>
    public ModuleRule? ExclusionOf(string module) =>
        !_modules.ContainsKey(module) && _excluded.TryGetValue(module, out ModuleRule? rule) ? rule : null;
}
