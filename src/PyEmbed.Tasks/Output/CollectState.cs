using System.Security.Cryptography;
using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>
/// What the last complete run was given and left behind, so that a run that is given the same has nothing to do. Written last:
/// after an interrupted or failed run there is none.
/// </summary>
internal sealed class CollectState
{
    private const string FileName = "PyEmbed.state";

    private readonly string _path;

    public CollectState(string outputDirectory) => _path = Path.Combine(outputDirectory, FileName);

    /// <summary>A digest of everything that decides the outputs: options, project file, files with size and time, interpreter, this assembly and its script.</summary>
    public static string Digest(CollectOptions options, IReadOnlyList<PythonTree> trees, InterpreterCandidates interpreters)
    {
        var text = new StringBuilder();
        text.Append(Analyzer.Version).Append('\n');
        string identity = interpreters.Identity(options.ProjectDirectory);
        foreach (string option in new[] { options.Main, options.Python, options.Bytecode, options.Optimize, options.Source, options.Compression, options.ProjectDirectory, identity })
        {
            text.Append(option).Append('\n');
        }

        text.Append("script methods\t").Append(options.ScriptMethods).Append('\n');

        // Its text may have a new glob that matches nothing.
        text.Append(options.ProjectFile).Append('\t').Append(File.GetLastWriteTimeUtc(options.ProjectFile).Ticks).Append('\n');

        foreach (RuleItem rule in options.Rules)
        {
            text.Append("rule\t").Append(rule.Module).Append('\t').Append(rule.Action).Append('\t').Append(rule.DefinedIn).Append('\n');
        }

        foreach (EntryPointItem entry in options.EntryPoints)
        {
            text.Append("entry\t").Append(entry.Reference).Append('\t').Append(entry.Name).Append('\n');
        }

        foreach (PythonTree tree in trees)
        {
            text.Append("tree\t").Append(tree.Distribution).Append('\t').Append(tree.Placement).Append('\t').Append(tree.Materialize).Append('\n');
            foreach (TreeFile file in tree.Files)
            {
                text.Append(file.Path).Append('\t').Append(file.FullPath).Append('\t').Append(file.Length).Append('\t').Append(file.WriteTicks).Append('\n');
            }
        }

        using var hash = SHA256.Create();
        return Convert.ToBase64String(hash.ComputeHash(ArchiveFormat.Utf8.GetBytes(text.ToString())));
    }

    /// <summary>Whether the last run was given the same, and all that it wrote is still there as it was.</summary>
    public bool IsCurrent(string digest, IEnumerable<string> outputs) => Read() == Format(digest, outputs);

    public void Write(string digest, IEnumerable<string> outputs) => OutputFile.WriteIfChanged(_path, Format(digest, outputs));

    public void Delete()
    {
        // Deleting in a folder that is not there fails.
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }

    private static string Format(string digest, IEnumerable<string> outputs)
    {
        var text = new StringBuilder(digest).Append('\n');
        foreach (string output in outputs)
        {
            var file = new FileInfo(output);
            text.Append(RecordLine.Format(output, file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "absent")).Append('\n');
        }

        return text.ToString();
    }

    private string? Read() => File.Exists(_path) ? File.ReadAllText(_path, ArchiveFormat.Utf8) : null;
}
