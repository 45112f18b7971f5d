using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>
/// Finds imports that nothing in the project's trees or in the standard library satisfies. Whether a reference does is decided
/// later, when the references are known. Where code may change what can be imported, nothing is said.
/// </summary>
internal sealed class ImportChecks
{
    private const string Init = "__init__.py";

    // In every module, or there whatever is embedded.
    private static readonly HashSet<string> s_moduleAttributes = new(StringComparer.Ordinal)
    {
        "*", "__name__", "__doc__", "__package__", "__loader__", "__spec__", "__path__", "__file__", "__cached__", "__builtins__", "__dict__",
    };

    private static readonly HashSet<string> s_always = new(StringComparer.Ordinal) { "__main__", "test", "pyembed", "sitecustomize", "usercustomize" };

    private readonly ModuleTable _modules = new();
    private readonly IReadOnlyList<PythonTree> _trees;
    private readonly IReadOnlyDictionary<string, ModuleRule> _excluded;
    private readonly IReadOnlyDictionary<TreeFile, FileAnalysis> _analyses;
    private readonly HashSet<string> _standardLibrary;
    private readonly string _checker;
    private readonly string _versions;

    // Top-level packages of which code changes what is in them, and the names that a changed sys.path may lead to.
    private readonly HashSet<string> _changedPackages = new(StringComparer.Ordinal);
    private readonly HashSet<string> _onChangedPaths = new(StringComparer.Ordinal);

    // What each package binds; null where it may have any name.
    private readonly Dictionary<string, HashSet<string>?> _bound = new(StringComparer.Ordinal);

    /// <summary>Prepares for the files of all trees.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="excluded">The modules that rules leave out of them, each with its rule.</param>
    /// <param name="analyses">What the interpreter said of each file.</param>
    /// <param name="interpreters">Those that the build is for; the first has checked. A module counts as standard if all of them have it.</param>
    public ImportChecks(
        IReadOnlyList<PythonTree> trees,
        IReadOnlyDictionary<string, ModuleRule> excluded,
        IReadOnlyDictionary<TreeFile, FileAnalysis> analyses,
        IReadOnlyList<InterpreterInfo> interpreters)
    {
        _trees = trees;
        _excluded = excluded;
        _analyses = analyses;
        _checker = interpreters.Count == 0 ? "" : interpreters[0].Minor.ToString();
        _versions = string.Join(", ", interpreters.Select(interpreter => string.Join(".", interpreter.Version.Split('.').Take(2))).Distinct());
        _standardLibrary = new HashSet<string>(interpreters.Count == 0 ? [] : interpreters[0].StandardLibrary, StringComparer.Ordinal);
        foreach (InterpreterInfo interpreter in interpreters.Skip(1))
        {
            _standardLibrary.IntersectWith(interpreter.StandardLibrary);
        }

        bool changesPath = false;
        foreach (PythonTree tree in trees)
        {
            foreach (TreeFile file in tree.Files)
            {
                _modules.Add(file.Path);
                ImportChange changes = analyses.TryGetValue(file, out FileAnalysis? analysis) ? analysis.ImportChanges : ImportChange.None;
                changesPath |= (changes & ImportChange.SearchPath) != 0;
                if ((changes & ImportChange.Modules) != 0)
                {
                    _changedPackages.Add(TopOf(file.Path.Replace('/', '.')));
                }

                if (analysis is not null && file.Name == Init)
                {
                    AddBound(DottedFolder(file), analysis.Binds);
                }
            }
        }

        if (changesPath)
        {
            AddNamesOnPaths();
        }
    }

    /// <summary>What is open: for the project's own files each statement, for others each missing module once a distribution.</summary>
    public IEnumerable<OpenImport> Find()
    {
        var said = new HashSet<(string Distribution, string Missing, string Id)>();
        foreach (PythonTree tree in _trees)
        {
            foreach (TreeFile file in tree.Files)
            {
                if (!_analyses.TryGetValue(file, out FileAnalysis? analysis))
                {
                    continue;
                }

                foreach (OpenImport open in analysis.Imports.SelectMany(import => Open(tree, file, import)))
                {
                    if (file.IsOwn || said.Add((tree.Distribution, open.Missing, open.Problem.Id)))
                    {
                        yield return open;
                    }
                }
            }
        }
    }

    private IEnumerable<OpenImport> Open(PythonTree tree, TreeFile file, AnalyzedImport import)
    {
        string module = import.Level == 0 ? import.Module : Absolute(DottedFolder(file), import);
        if (import.IsLacking)
        {
            // What the project has of that name may stand in for the standard library's.
            if (_modules.KindOf(TopOf(module)) == ModuleKind.None)
            {
                yield return Create(module);
            }

            yield break;
        }

        if (import.Level == 0 && IsStandard(TopOf(module)))
        {
            yield break;
        }

        if (_modules.FirstMissing(module) is string missing)
        {
            if (!MayBeElsewhere(missing))
            {
                yield return Create(missing);
            }

            yield break;
        }

        ModuleKind kind = _modules.KindOf(module);
        if (kind == ModuleKind.Namespace || (kind == ModuleKind.Package && import.Level > 0 && import.Module.Length == 0))
        {
            foreach (string name in import.Names.Where(name => !s_moduleAttributes.Contains(name)))
            {
                string full = $"{module}.{name}";
                if (_modules.KindOf(full) == ModuleKind.None && !MayBeElsewhere(full) && !(kind == ModuleKind.Package && MayBind(module, name)))
                {
                    yield return Create(full);
                }
            }
        }

        OpenImport Create(string missing)
        {
            bool isFinal = _modules.KindOf(ModuleTable.ParentOf(missing)) is ModuleKind.Package or ModuleKind.Module;
            return new OpenImport(
                missing,
                module,
                import.Names,
                isFinal,
                tree.Distribution,
                new ManifestDiagnostic(
                    import.Level > 0 ? ProblemIds.UnresolvedRelativeImport : ProblemIds.UnresolvedImport,
                    file.IsOwn ? ManifestSeverity.Warning : ManifestSeverity.Info,
                    file.FullPath,
                    import.Line,
                    import.Column,
                    import.EndLine,
                    import.EndColumn,
                    Explain(file, import, missing)));
        }
    }

    /// <summary>What is said of a missing module, after its name.</summary>
    private string Explain(TreeFile file, AnalyzedImport import, string missing)
    {
        if (_excluded.TryGetValue(missing, out ModuleRule? rule))
        {
            return $"is left out by the PythonModuleRule '{rule}'. Add a rule 'include {missing}' after it, or name the module in PyEmbedIgnoredImports if it is there at run time.";
        }

        string parent = ModuleTable.ParentOf(missing);
        string leaf = missing.Substring(parent.Length == 0 ? 0 : parent.Length + 1);
        if (import.Level > 0)
        {
            string dots = new('.', import.Level);
            string from = $"from {dots}{import.Module} import {string.Join(", ", import.Names)}";
            return import.Module.Length == 0 && _modules.KindOf(parent) == ModuleKind.Package
                ? $"does not exist, and the package '{parent}' does not bind the name ('{from}'). Correct the import."
                : $"does not exist ('{from}'). Correct the import.";
        }

        if (import.IsLacking)
        {
            return $"does not exist: '{parent}' of the standard library of CPython {_checker} has no module '{leaf}'. Correct the import, or name the module in PyEmbedIgnoredImports if it is there at run time.";
        }

        if (_modules.KindOf(parent) is ModuleKind.Package or ModuleKind.Module)
        {
            return $"does not exist: '{parent}' has no module '{leaf}'. Correct the import.";
        }

        string package = DottedFolder(file);
        bool hasNeighbour = parent.Length == 0 && package.Length > 0 && _modules.KindOf($"{package}.{leaf}") != ModuleKind.None;
        string hint = hasNeighbour ? $" '{package}.{leaf}' would be imported with 'from . import {leaf}'." : "";
        return $"is in no embedded tree, in no referenced assembly's tree and not in the standard library of CPython {_versions}.{hint} Embed it, or name it in PyEmbedIgnoredImports if it is there at run time.";
    }

    private static string TopOf(string name) => name.IndexOf('.') is var dot and >= 0 ? name.Substring(0, dot) : name;

    private static string DottedFolder(TreeFile file) => file.Folder.Replace('/', '.');

    private static string Absolute(string package, AnalyzedImport import)
    {
        for (int i = 1; i < import.Level; i++)
        {
            package = ModuleTable.ParentOf(package);
        }

        return import.Module.Length == 0 ? package : $"{package}.{import.Module}";
    }

    private bool IsStandard(string top) =>
        _standardLibrary.Contains(top) || s_always.Contains(top) || top.StartsWith("_sysconfigdata", StringComparison.Ordinal);

    private bool MayBeElsewhere(string missing) =>
        missing.IndexOf('.') < 0 ? _onChangedPaths.Contains(missing) : _changedPackages.Contains(TopOf(missing));

    private bool MayBind(string package, string name) =>
        !_bound.TryGetValue(package, out HashSet<string>? names) || names is null || names.Contains(name);

    private void AddBound(string package, IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            _bound[package] = null;
        }
        else if (!_bound.TryGetValue(package, out HashSet<string>? known))
        {
            _bound.Add(package, new HashSet<string>(names, StringComparer.Ordinal));
        }
        else
        {
            known?.UnionWith(names);
        }
    }

    private void AddNamesOnPaths()
    {
        foreach (string path in _trees.SelectMany(tree => tree.Files).Select(file => file.Path))
        {
            string[] parts = path.Split('/');
            _onChangedPaths.UnionWith(parts.Take(parts.Length - 1));
            _onChangedPaths.Add(TopOf(parts[parts.Length - 1]));
        }
    }
}
