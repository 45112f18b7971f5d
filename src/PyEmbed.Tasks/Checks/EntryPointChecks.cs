using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>Resolves the references to Python code that items and properties make.</summary>
internal sealed class EntryPointChecks
{
    private readonly Dictionary<string, TreeFile> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, ModuleRule> _excluded;
    private readonly string _projectFile;
    private readonly ProblemList _problems;

    /// <param name="trees">The project's trees.</param>
    /// <param name="excluded">The modules that rules leave out of them, each with its rule.</param>
    /// <param name="projectFile">Where problems are reported.</param>
    /// <param name="problems">Where problems go.</param>
    public EntryPointChecks(IEnumerable<PythonTree> trees, IReadOnlyDictionary<string, ModuleRule> excluded, string projectFile, ProblemList problems)
    {
        _excluded = excluded;
        _projectFile = projectFile;
        _problems = problems;
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

    /// <summary>The attributes that the interpreter must look up, by file.</summary>
    public Dictionary<TreeFile, SortedSet<string>> WantedAttributes(CollectOptions options)
    {
        var wanted = new Dictionary<TreeFile, SortedSet<string>>();
        foreach (string reference in options.EntryPoints.Select(item => item.Reference).Append(options.Main))
        {
            string[] parts = reference.Split(':');
            if (parts.Length == 2 && ModuleName.IsDotted(parts[1]) && _modules.TryGetValue(parts[0], out TreeFile? file))
            {
                if (!wanted.TryGetValue(file, out SortedSet<string>? names))
                {
                    names = new SortedSet<string>(StringComparer.Ordinal);
                    wanted.Add(file, names);
                }

                names.Add(parts[1]);
            }
        }

        return wanted;
    }

    /// <summary>The entry points that are well-formed; what is wrong with any is recorded.</summary>
    public IEnumerable<ManifestEntryPoint> Resolve(IEnumerable<EntryPointItem> items, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        foreach (EntryPointItem item in items)
        {
            string[] parts = item.Reference.Split(':');
            if (parts.Length != 2 || !ModuleName.IsDotted(parts[0]) || !ModuleName.IsDotted(parts[1]))
            {
                Record($"The PythonEntryPoint '{item.Reference}' is not of the form 'package.module:function'.");
            }
            else if (item.Name.Length > 0 && !ModuleName.IsIdentifier(item.Name))
            {
                Record($"The Name '{item.Name}' of the PythonEntryPoint '{item.Reference}' cannot be a method's name.");
            }
            else
            {
                string what = $"The PythonEntryPoint '{item.Reference}'";
                string docstring = Check(what, parts[0], parts[1], analyses);
                yield return new ManifestEntryPoint(item.Name.Length > 0 ? item.Name : MethodName(parts[1]), item.Reference, docstring);
            }
        }
    }

    /// <summary>What <c>Main</c> runs, or null where there is nothing to run; what is wrong with it is recorded.</summary>
    public string? ResolveMain(string reference, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        if (reference.Length == 0)
        {
            return null;
        }

        string[] parts = reference.Split(':');
        if (parts.Length > 2 || !parts.All(ModuleName.IsDotted))
        {
            Record($"PyEmbedEntryPoint '{reference}' is neither of the form 'package.module:function' nor a module's name.");
            return null;
        }

        string what = $"PyEmbedEntryPoint '{reference}'";
        if (parts.Length == 2)
        {
            Check(what, parts[0], parts[1], analyses);
        }
        else if (_packages.Contains(reference))
        {
            if (!_modules.ContainsKey(reference + ".__main__") && !IsExcluded(what, reference + ".__main__"))
            {
                Record($"{what} names a package without '__main__.py', which cannot be run; add one or name a function.");
            }
        }
        else if (!_modules.ContainsKey(reference))
        {
            RecordUnknown(what, reference);
        }

        return reference;
    }

    private static string MethodName(string attribute)
    {
        string last = attribute.Substring(attribute.LastIndexOf('.') + 1);
        string name = string.Concat(last.Split('_').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        return name.Length > 0 && !char.IsDigit(name[0]) ? name : last;
    }

    private string Check(string what, string module, string attribute, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        if (!_modules.TryGetValue(module, out TreeFile? file))
        {
            if (_packages.Contains(module) && !_excluded.ContainsKey(module))
            {
                Record($"{what} names the namespace package '{module}', which has no code; name a module of it.");
            }
            else
            {
                RecordUnknown(what, module);
            }

            return "";
        }

        AnalyzedAttribute? found = analyses.TryGetValue(file, out FileAnalysis? analysis)
            ? analysis.Attributes.FirstOrDefault(candidate => candidate.Name == attribute)
            : null;
        bool isSubmodule = _modules.ContainsKey($"{module}.{attribute}");
        if (found is { State: AttributeState.No } && !isSubmodule)
        {
            Record($"{what} names '{attribute}', which the module '{module}' ('{file.FullPath}') does not define.");
        }

        return found?.Docstring ?? "";
    }

    // A package of which the project has nothing may come from a library that it references, or from the interpreter.
    private void RecordUnknown(string what, string module)
    {
        if (IsExcluded(what, module))
        {
            return;
        }

        string top = module.Split('.')[0];
        if (_packages.Contains(top) || _modules.ContainsKey(top))
        {
            Record($"{what} names the module '{module}', which no PythonPackage item has.");
        }
        else
        {
            _problems.Record(
                ProblemIds.EntryPoint,
                ManifestSeverity.Warning,
                _projectFile,
                $"{what} names the module '{module}', which no PythonPackage item has. It is not checked; where it comes from a reference, suppress this warning.");
        }
    }

    /// <summary>Whether a rule leaves the module out; that is recorded then.</summary>
    private bool IsExcluded(string what, string module)
    {
        if (!_excluded.TryGetValue(module, out ModuleRule? rule))
        {
            return false;
        }

        Record($"{what} needs the module '{module}', which the PythonModuleRule '{rule}' leaves out; add a rule 'include {module}' after it, or name another.");
        return true;
    }

    private void Record(string message) => _problems.Record(ProblemIds.EntryPoint, ManifestSeverity.Error, _projectFile, message);
}
