using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Trees;

/// <summary>Lists the project's own modules: what C# gets typed names for.</summary>
internal static class OwnModules
{
    /// <summary>Each module once, sorted by name.</summary>
    /// <param name="trees">All trees; what lies outside the project's folder is not its own.</param>
    /// <param name="analyses">What the interpreter said of each file; empty where none was asked.</param>
    public static IEnumerable<ManifestModule> List(IEnumerable<PythonTree> trees, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        var modules = new SortedDictionary<string, ManifestModule>(StringComparer.Ordinal);
        foreach (PythonTree tree in trees)
        {
            foreach (TreeFile file in tree.Files.Where(file => file.InProject))
            {
                if (ModuleName.FromPath(file.Path, out bool isPackage) is string name)
                {
                    string docstring = analyses.TryGetValue(file, out FileAnalysis? analysis) ? analysis.Docstring : "";
                    Add(modules, name, isPackage ? ManifestModuleKind.Package : ManifestModuleKind.Module, docstring);
                }
            }
        }

        return modules.Values;
    }

    private static void Add(SortedDictionary<string, ManifestModule> modules, string name, ManifestModuleKind kind, string docstring)
    {
        // A package hides a module of its name, and either hides a namespace.
        if (!modules.TryGetValue(name, out ManifestModule? known) || Rank(kind) > Rank(known.Kind))
        {
            modules[name] = new ManifestModule(name, kind, docstring);
        }

        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            string parent = name.Substring(0, dot);
            if (!modules.ContainsKey(parent))
            {
                modules.Add(parent, new ManifestModule(parent, ManifestModuleKind.Namespace, ""));
            }
        }
    }

    private static int Rank(ManifestModuleKind kind) => kind switch
    {
        ManifestModuleKind.Package => 2,
        ManifestModuleKind.Module => 1,
        _ => 0,
    };
}
