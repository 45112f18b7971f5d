using PyEmbed.Manifest;
using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.References;

/// <summary>
/// Decides at build which assemblies a program mounts: the project's own and every reference that carries trees. Nobody could find
/// them at run time, because the compiler leaves out references that no C# uses.
/// </summary>
internal sealed class ReferenceResolver
{
    private readonly ReferenceOptions _options;
    private readonly ReferenceState _state = new();
    private readonly List<ManifestDiagnostic> _diagnostics = [];
    private readonly List<string> _names = [];
    private readonly List<string> _carriers = [];

    private ReferenceResolver(ReferenceOptions options) => _options = options;

    /// <summary>Finds the assemblies and writes the manifest and the state, each only where it changes.</summary>
    /// <returns>Simple names of the assemblies in mount order: the project's own first, then in the order of resolution.</returns>
    public static IReadOnlyList<string> Resolve(ReferenceOptions options) => new ReferenceResolver(options).Resolve();

    private List<string> Resolve()
    {
        string previous = File.Exists(_options.StateFile) ? File.ReadAllText(_options.StateFile, ArchiveFormat.Utf8) : "";
        _state.AddInput("assembly", _options.AssemblyName);
        _state.AddInput("project", _options.ProjectFile);
        foreach (string tree in _options.Trees)
        {
            _state.AddInput(tree, ReferenceState.StampOf(tree));
        }

        _state.AddInput(_options.ImportsFile, ReferenceState.StampOf(_options.ImportsFile));
        _state.AddInput("ignored", string.Join(";", _options.IgnoredImports));
        if (_options.Trees.Count > 0)
        {
            _names.Add(_options.AssemblyName);
        }

        FindCarriers(ReferenceState.ReadReferences(previous));
        if (_state.Text != previous || !File.Exists(_options.ManifestFile))
        {
            bool complete = Compare();
            Write(_options.ManifestFile, ManifestTextWriter.Write(BuildManifest.Empty with { Diagnostics = new(_diagnostics) }));

            // What could not be read is tried again at the next build.
            Write(_options.StateFile, complete ? _state.Text : "");
        }

        return _names;
    }

    private void FindCarriers(Dictionary<(string Path, string Stamp), string> known)
    {
        foreach (string path in _options.References)
        {
            string stamp = ReferenceState.StampOf(path);
            if (!known.TryGetValue((path, stamp), out string? name))
            {
                name = ReadName(path, stamp);
            }

            if (name is null)
            {
                // Not remembered as a reference, so that the next build complains as well.
                _state.AddInput(path, stamp);
                continue;
            }

            _state.AddReference(path, stamp, name);
            if (name.Length > 0 && !_names.Contains(name))
            {
                _names.Add(name);
                _carriers.Add(path);
            }
        }
    }

    // A reference that is not there is the compiler's to report.
    private string? ReadName(string path, string stamp)
    {
        if (stamp.Length == 0)
        {
            return "";
        }

        try
        {
            using EmbeddedAssembly assembly = EmbeddedAssembly.Open(path);
            return assembly.Trees.Count > 0 ? assembly.Name : "";
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            ReportUnreadable(path, e);
            return null;
        }
    }

    private bool Compare()
    {
        bool complete = true;
        var trees = new List<TreeNames>();
        var imports = new UnresolvedImports(_options.ImportsFile, _options.IgnoredImports);
        foreach (string path in _options.Trees)
        {
            complete &= TryRead(path, () =>
            {
                using FileStream archive = File.OpenRead(path);
                trees.Add(TreeNames.Read(ArchiveReader.Open(archive, path), _options.AssemblyName));
            });
        }

        foreach (string path in _carriers)
        {
            complete &= TryRead(path, () =>
            {
                using EmbeddedAssembly assembly = EmbeddedAssembly.Open(path);
                if (assembly.IsReferenceAssembly)
                {
                    imports.NoteUnseen();
                    return;
                }

                foreach (string resource in assembly.Trees.Select(tree => tree.Resource))
                {
                    using Stream archive = assembly.OpenResource(resource);
                    ArchiveReader reader = ArchiveReader.Open(archive, $"{path}!{resource}");
                    trees.Add(TreeNames.Read(reader, assembly.Name));
                    imports.Note(reader);
                }
            });
        }

        _diagnostics.AddRange(PackageConflicts.Find(trees, _options.ProjectFile));
        if (complete)
        {
            // What cannot be read may have them.
            _diagnostics.AddRange(imports.Find([_options.AssemblyName, .. _options.References.Select(Path.GetFileNameWithoutExtension)]));
        }

        return complete;
    }

    private bool TryRead(string path, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            ReportUnreadable(path, e);
            return false;
        }
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        OutputFile.WriteIfChanged(path, text);
    }

    private static bool IsUnreadable(Exception e) => e is BadImageFormatException or ArchiveFormatException or IOException or UnauthorizedAccessException;

    private void ReportUnreadable(string path, Exception e) => _diagnostics.Add(new ManifestDiagnostic(
        ProblemIds.UnreadableReference, ManifestSeverity.Error, path, 0, 0, 0, 0,
        $"The reference '{Path.GetFileNameWithoutExtension(path)}' cannot be searched for Python trees: {e.Message.TrimEnd('.')}. Build or restore it again."));
}
