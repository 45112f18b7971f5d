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

    /// <summary>Everything but the Python files that decides the outputs: options, items, project file, interpreter, this assembly and its scripts.</summary>
    public static string Given(CollectOptions options, InterpreterCandidates interpreters)
    {
        var text = new StringBuilder();
        text.Append(Analyzer.Version).Append('\n');
        string identity = interpreters.Identity(options.ProjectDirectory);
        foreach (string option in new[]
        {
            options.Main, options.Python, options.Bytecode, options.Optimize, options.Source, options.Compression, options.ProjectDirectory, options.AssemblyName, identity,
        })
        {
            text.Append(option).Append('\n');
        }

        text.Append("script methods\t").Append(options.ScriptMethods).Append('\n');
        text.Append(options.Placement is TreePlacement placement ? (int)placement : -1).Append('\n');

        // Its text may have a new glob that matches nothing.
        text.Append(options.ProjectFile).Append('\t').Append(File.GetLastWriteTimeUtc(options.ProjectFile).Ticks).Append('\n');

        foreach (string folder in options.ExcludedFolders)
        {
            text.Append("excluded\t").Append(folder).Append('\n');
        }

        foreach (PackageItem item in options.Packages)
        {
            text.Append("package\t").Append(item.FullPath).Append('\t').Append(item.RecursiveDir).Append('\t').Append(item.Root).Append('\t')
                .Append(item.Distribution).Append('\t').Append(item.Materialize).Append('\t').Append(item.Link).Append('\n');
        }

        foreach (RuleItem rule in options.Rules)
        {
            text.Append("rule\t").Append(rule.Module).Append('\t').Append(rule.Action).Append('\t').Append(rule.DefinedIn).Append('\n');
        }

        foreach (EntryPointItem entry in options.EntryPoints)
        {
            text.Append("entry\t").Append(entry.Reference).Append('\t').Append(entry.Name).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A digest of everything that decides the outputs: what is given, and the files with size and time.</summary>
    public static string Digest(string given, IReadOnlyList<PythonTree> trees)
    {
        var text = new StringBuilder(given);
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
