using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>Resolves the references to Python code that items, properties and embedded distributions make.</summary>
/// <param name="modules">The project's modules.</param>
/// <param name="scripts">The commands of its distributions.</param>
/// <param name="projectFile">Where problems of items and properties are reported.</param>
/// <param name="problems">Where problems go.</param>
internal sealed class EntryPointChecks(ProjectModules modules, IReadOnlyList<ConsoleScript> scripts, string projectFile, ProblemList problems)
{
    private static readonly char[] s_wordBreaks = ['_', '-', '.', ' '];

    // The item or property that is looked at.
    private (string Element, string Value) _subject;

    /// <summary>The attributes that the interpreter must look up, by file.</summary>
    public Dictionary<TreeFile, SortedSet<string>> WantedAttributes(CollectOptions options)
    {
        var wanted = new Dictionary<TreeFile, SortedSet<string>>();
        foreach (string reference in options.EntryPoints.Select(item => item.Reference).Append(options.Main).Concat(scripts.Select(script => script.Reference)))
        {
            string[] parts = reference.Split(':');
            if (parts.Length == 2 && ModuleName.IsDotted(parts[1]) && modules.Find(parts[0]) is TreeFile file)
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

    /// <summary>
    /// The entry points that are well-formed, and after them the commands whose functions are there, unless an entry point is the
    /// same method already; what is wrong with any is recorded.
    /// </summary>
    public IReadOnlyList<ManifestEntryPoint> Resolve(CollectOptions options, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        List<ManifestEntryPoint> entries = options.EntryPoints.Select(item => Resolve(item, analyses)).OfType<ManifestEntryPoint>().ToList();
        var methods = new HashSet<(string, string)>(entries.Select(entry => (entry.MethodName, entry.Reference)));
        foreach (ConsoleScript script in options.ScriptMethods ? scripts : [])
        {
            if (Missing(script, analyses) is string reason)
            {
                Record(script, reason);
            }
            else if (methods.Add((MethodName(script.Name), script.Reference)))
            {
                string[] parts = script.Reference.Split(':');
                string docstring = Analyzed(parts[0], parts[1], analyses)?.Docstring ?? "";
                entries.Add(new ManifestEntryPoint(MethodName(script.Name), script.Reference, docstring, script.Name));
            }
        }

        return entries;
    }

    /// <summary>What <c>Main</c> runs, or null where there is nothing to run; what is wrong with it is recorded.</summary>
    public string? ResolveMain(string reference, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        if (reference.Length == 0)
        {
            return null;
        }

        _subject = ("PyEmbedEntryPoint", "");
        bool isRunnable = modules.Find(modules.IsPackage(reference) ? reference + ".__main__" : reference) is not null;
        if (!isRunnable && scripts.FirstOrDefault(script => script.Name == reference) is ConsoleScript script)
        {
            if (Missing(script, analyses) is string reason)
            {
                Record($"PyEmbedEntryPoint '{reference}' names a console script that cannot be called: {reason}.");
            }

            return script.Reference;
        }

        string[] parts = reference.Split(':');
        if (parts.Length > 2 || !parts.All(ModuleName.IsDotted))
        {
            Record($"PyEmbedEntryPoint '{reference}' is neither of the form 'package.module:function' nor the name of a module or of an embedded distribution's console script.");
            return null;
        }

        string what = $"PyEmbedEntryPoint '{reference}'";
        if (parts.Length == 2)
        {
            Check(what, parts[0], parts[1], analyses);
        }
        else if (!isRunnable && !IsExcluded(what, modules.IsPackage(reference) ? reference + ".__main__" : reference))
        {
            if (modules.IsPackage(reference))
            {
                Record($"{what} names a package without '__main__.py', which cannot be run; add one or name a function.");
            }
            else
            {
                RecordUnknown(what, reference);
            }
        }

        return reference;
    }

    private ManifestEntryPoint? Resolve(EntryPointItem item, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        _subject = ("PythonEntryPoint", item.Reference);
        string[] parts = item.Reference.Split(':');
        if (parts.Length != 2 || !ModuleName.IsDotted(parts[0]) || !ModuleName.IsDotted(parts[1]))
        {
            Record($"The PythonEntryPoint '{item.Reference}' is not of the form 'package.module:function'.");
            return null;
        }

        if (item.Name.Length > 0 && !ModuleName.IsIdentifier(item.Name))
        {
            Record($"The Name '{item.Name}' of the PythonEntryPoint '{item.Reference}' cannot be a method's name.");
            return null;
        }

        string docstring = Check($"The PythonEntryPoint '{item.Reference}'", parts[0], parts[1], analyses);
        string name = item.Name.Length > 0 ? item.Name : MethodName(parts[1].Substring(parts[1].LastIndexOf('.') + 1));
        return new ManifestEntryPoint(name, item.Reference, docstring);
    }

    // What remains illegal, such as a digit in front, the generator makes legal.
    private static string MethodName(string name)
    {
        string method = string.Concat(name.Split(s_wordBreaks, StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        return method.Length > 0 && !char.IsDigit(method[0]) ? method : name;
    }

    /// <summary>Why a command cannot be called, or null where it can.</summary>
    private string? Missing(ConsoleScript script, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        if (script.Reference.Length == 0)
        {
            return "it is not of the form 'name = package.module:function'";
        }

        string[] parts = script.Reference.Split(':');
        if (modules.Find(parts[0]) is null)
        {
            return modules.ExclusionOf(parts[0]) is ModuleRule rule
                ? $"the PythonModuleRule '{rule}' leaves its module '{parts[0]}' out"
                : $"no PythonPackage item has its module '{parts[0]}'";
        }

        return IsMissing(parts[0], parts[1], analyses) ? $"its module '{parts[0]}' does not define '{parts[1]}'" : null;
    }

    private AnalyzedAttribute? Analyzed(string module, string attribute, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses) =>
        modules.Find(module) is TreeFile file && analyses.TryGetValue(file, out FileAnalysis? analysis)
            ? analysis.Attributes.FirstOrDefault(candidate => candidate.Name == attribute)
            : null;

    private bool IsMissing(string module, string attribute, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses) =>
        Analyzed(module, attribute, analyses) is { State: AttributeState.No } && modules.Find($"{module}.{attribute}") is null;

    private string Check(string what, string module, string attribute, IReadOnlyDictionary<TreeFile, FileAnalysis> analyses)
    {
        if (modules.Find(module) is not TreeFile file)
        {
            if (!IsExcluded(what, module))
            {
                if (modules.IsPackage(module))
                {
                    Record($"{what} names the namespace package '{module}', which has no code; name a module of it.");
                }
                else
                {
                    RecordUnknown(what, module);
                }
            }

            return "";
        }

        if (IsMissing(module, attribute, analyses))
        {
            Record($"{what} names '{attribute}', which the module '{module}' ('{file.FullPath}') does not define.");
        }

        return Analyzed(module, attribute, analyses)?.Docstring ?? "";
    }

    // A package of which the project has nothing may come from a library that it references, or from the interpreter.
    private void RecordUnknown(string what, string module)
    {
        string top = module.Split('.')[0];
        if (modules.IsPackage(top) || modules.Find(top) is not null)
        {
            Record($"{what} names the module '{module}', which no PythonPackage item has.");
        }
        else
        {
            Record(
                ManifestSeverity.Warning,
                $"{what} names the module '{module}', which no PythonPackage item has. It is not checked; where it comes from a reference, suppress this warning.");
        }
    }

    /// <summary>Whether a rule leaves the module out; that is recorded then.</summary>
    private bool IsExcluded(string what, string module)
    {
        if (modules.ExclusionOf(module) is not ModuleRule rule)
        {
            return false;
        }

        Record($"{what} needs the module '{module}', which the PythonModuleRule '{rule}' leaves out; add a rule 'include {module}' after it, or name another.");
        return true;
    }

    private void Record(string message) => Record(ManifestSeverity.Error, message);

    private void Record(ManifestSeverity severity, string message) =>
        problems.RecordIn(ProblemIds.EntryPoint, severity, projectFile, _subject.Element, _subject.Value, message);

    // What rules leave out is wanted so, and nobody who embeds a third-party distribution can mend it.
    private void Record(ConsoleScript script, string reason)
    {
        bool isOwn = script.File.InProject && (script.Reference.Length == 0 || modules.ExclusionOf(script.Reference.Split(':')[0]) is null);
        problems.Record(new ManifestDiagnostic(
            ProblemIds.ConsoleScript,
            isOwn ? ManifestSeverity.Warning : ManifestSeverity.Info,
            script.File.FullPath,
            script.Line,
            0,
            0,
            0,
            $"The console script '{script.Name}' becomes no method of PythonEntryPoints: {reason}."));
    }
}
