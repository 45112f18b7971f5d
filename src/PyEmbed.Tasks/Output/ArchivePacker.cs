using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>Writes the archive of a tree.</summary>
/// <param name="analyses">What the interpreter said of the Python files; a file without an answer is packed as it is.</param>
/// <param name="cacheTag">The interpreter's tag for bytecode files.</param>
internal sealed class ArchivePacker(IReadOnlyDictionary<TreeFile, FileAnalysis> analyses, string cacheTag)
{
    /// <summary>Writes the archive where it differs from what is there, and gives the tree's hash.</summary>
    /// <exception cref="SourceChangedException">A file is no longer what was checked.</exception>
    /// <exception cref="ArchiveTooLargeException">The tree does not fit an archive.</exception>
    public string Pack(PythonTree tree, string path)
    {
        var info = new TreeInfo(tree.Distribution, tree.Placement, tree.Materialize, FileUsers(tree));
        string hash = "";
        OutputFile.WriteIfChanged(path, stream =>
        {
            using var bytecode = new BytecodeReader();
            hash = ArchiveWriter.Write(stream, info, Entries(tree, bytecode));
        });
        return hash;
    }

    private List<ArchiveEntry> Entries(PythonTree tree, BytecodeReader bytecode)
    {
        var entries = new List<ArchiveEntry>(tree.Files.Count * 2);
        foreach (TreeFile file in tree.Files)
        {
            if (!analyses.TryGetValue(file, out FileAnalysis? analysis))
            {
                entries.Add(new ArchiveEntry(file.Path, () => SourceReader.Read(file)));
                continue;
            }

            entries.Add(new ArchiveEntry(file.Path, () => SourceReader.Read(file, analysis.Sha256)));
            if (analysis.Bytecode is BytecodeLocation location)
            {
                entries.Add(new ArchiveEntry(BytecodePath.Of(file.Path, cacheTag, 0), () => bytecode.Read(location)));
            }
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
