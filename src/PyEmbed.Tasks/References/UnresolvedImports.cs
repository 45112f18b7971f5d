using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;

namespace PyEmbed.Tasks.References;

/// <summary>Decides which of the project's open imports the trees of its references satisfy.</summary>
internal sealed class UnresolvedImports
{
    private const string PythonNet = "Python.Runtime";

    private readonly IReadOnlyList<OpenImport> _imports;
    private readonly IReadOnlyList<string> _ignored;
    private readonly ModuleTable _modules = new();
    private bool _isIncomplete;

    /// <summary>Reads what is open.</summary>
    /// <param name="path">The file that collecting the trees left.</param>
    /// <param name="ignored">Names of modules that nothing is said of, with what is below them; <c>*</c> stands for any text.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public UnresolvedImports(string path, IReadOnlyList<string> ignored)
    {
        _imports = OpenImportFile.Read(path);
        _ignored = ignored;
    }

    /// <summary>Takes note of the modules of a reference's tree, if any are asked for.</summary>
    public void Note(ArchiveReader archive)
    {
        if (_imports.Count == 0)
        {
            return;
        }

        foreach (string folder in archive.Folders)
        {
            foreach (ArchiveRecord record in archive.ReadFolder(folder).Where(record => record.Kind != ArchiveRecordKind.Folder))
            {
                string name = record.Name.EndsWith(".pyc", StringComparison.Ordinal) ? record.Name.Substring(0, record.Name.Length - 1) : record.Name;
                _modules.Add(folder.Length == 0 ? name : $"{folder}/{name}");
            }
        }
    }

    /// <summary>Takes note of trees that cannot be looked into: they may have every module that is the project's own in no part.</summary>
    public void NoteUnseen() => _isIncomplete = true;

    /// <summary>
    /// What nothing satisfies. Where the project references pythonnet, .NET namespaces are modules too: those that begin as the
    /// name of an assembly does, and pythonnet's own <c>clr</c>.
    /// </summary>
    /// <param name="assemblies">Simple names of the project's assembly and its references.</param>
    public IEnumerable<ManifestDiagnostic> Find(IReadOnlyCollection<string> assemblies)
    {
        HashSet<string> namespaces = assemblies.Contains(PythonNet)
            ? new(assemblies.Select(TopOf).Concat(["clr", "System", "Microsoft"]), StringComparer.Ordinal)
            : [];
        foreach (OpenImport open in _imports)
        {
            if (MissingOf(open) is string missing && !IsIgnored(missing) && !IsIgnored(open.Module) && !namespaces.Contains(TopOf(missing)))
            {
                yield return open.Problem with { Message = $"The module '{missing}' {open.Problem.Message}" };
            }
        }
    }

    private static string TopOf(string name) => name.Split('.')[0];

    private string? MissingOf(OpenImport open)
    {
        if (open.IsFinal || _isIncomplete)
        {
            return open.IsFinal ? open.Missing : null;
        }

        // From the first name that the project lacks, down to what the references keep for themselves.
        string module = open.Module.Length > open.Missing.Length ? open.Module : open.Missing;
        for (string name = open.Missing; ; name = module.Substring(0, NextDot(module, name.Length)))
        {
            switch (_modules.KindOf(name))
            {
                case ModuleKind.None:
                    return name;
                case ModuleKind.Module or ModuleKind.Package:
                    return null;
            }

            if (name.Length == module.Length)
            {
                return module != open.Module
                    ? null
                    : open.Names.Where(taken => taken != "*").Select(taken => $"{module}.{taken}").FirstOrDefault(full => _modules.KindOf(full) == ModuleKind.None);
            }
        }
    }

    private static int NextDot(string name, int after) => name.IndexOf('.', after + 1) is var dot and >= 0 ? dot : name.Length;

    private bool IsIgnored(string name) => _ignored.Any(pattern => Matches(pattern, name));

    private static bool Matches(string pattern, string name)
    {
        if (pattern.IndexOf('*') < 0)
        {
            return name == pattern || (name.Length > pattern.Length && name[pattern.Length] == '.' && name.StartsWith(pattern, StringComparison.Ordinal));
        }

        string[] parts = pattern.Split('*');
        int position = parts[0].Length;
        if (!name.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = name.IndexOf(parts[i], position, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            position = found + parts[i].Length;
        }

        string last = parts[parts.Length - 1];
        return name.Length >= position + last.Length && name.EndsWith(last, StringComparison.Ordinal);
    }
}
