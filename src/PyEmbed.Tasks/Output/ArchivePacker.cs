using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>Writes the archive of a tree.</summary>
/// <param name="analyses">What the interpreter said of the Python files; a file without an answer is packed as it is.</param>
/// <param name="versions">The bytecode, in ascending order of version.</param>
/// <param name="settings">What becomes of sources and entries.</param>
internal sealed class ArchivePacker(IReadOnlyDictionary<TreeFile, FileAnalysis> analyses, IReadOnlyList<CompiledVersion> versions, CompileSettings settings)
{
    /// <summary>Writes the archive where it differs from what is there, and gives the tree's hash.</summary>
    /// <exception cref="SourceChangedException">A file is no longer what was checked.</exception>
    /// <exception cref="CompileCacheException">Bytecode is damaged or gone.</exception>
    /// <exception cref="ArchiveTooLargeException">The tree does not fit an archive.</exception>
    public string Pack(PythonTree tree, string path)
    {
        var info = new TreeInfo(tree.Distribution, tree.Placement, tree.Materialize, FileUsers(tree))
        {
            Optimize = versions.Count > 0 ? settings.Optimize : 0,
            Stripped = settings.Strips ? versions.Select(version => version.Interpreter.CacheTag).ToList() : null,
        };
        string hash = "";
        OutputFile.WriteIfChanged(path, stream =>
        {
            using var bytecode = new BytecodeReader();
            hash = ArchiveWriter.Write(stream, info, Entries(tree, bytecode), settings.Deflates);
        });
        return hash;
    }

    private List<ArchiveEntry> Entries(PythonTree tree, BytecodeReader bytecode)
    {
        var entries = new List<ArchiveEntry>(tree.Files.Count * (1 + versions.Count));
        foreach (TreeFile file in tree.Files)
        {
            var compiled = versions
                .Select(version => (Tag: version.Interpreter.CacheTag, Location: version.Answers.TryGetValue(file, out FileAnalysis? answer) ? answer.Bytecode : null))
                .Where(version => version.Location is not null)
                .ToList();
            if (!settings.Strips || versions.Count == 0 || compiled.Count < versions.Count)
            {
                entries.Add(analyses.TryGetValue(file, out FileAnalysis? analysis)
                    ? new ArchiveEntry(file.Path, () => SourceReader.Read(file, analysis.Sha256))
                    : new ArchiveEntry(file.Path, () => SourceReader.Read(file)));
            }

            entries.AddRange(compiled.Select(version =>
                new ArchiveEntry(BytecodePath.Of(file.Path, version.Tag, settings.Optimize), () => bytecode.Read(version.Location!))));
        }

        return entries;
    }

    private Dictionary<string, FileUse>? FileUsers(PythonTree tree)
    {
        if (analyses.Count == 0)
        {
            return null; // The importer looks for itself.
        }

        var users = new Dictionary<string, FileUse>(StringComparer.Ordinal);
        foreach (TreeFile file in tree.Files)
        {
            if (analyses.TryGetValue(file, out FileAnalysis? analysis) && analysis.UsesFile != FileUse.None)
            {
                users.Add(file.Path, analysis.UsesFile);
            }
        }

        return users;
    }
}
