using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Checks;

/// <summary>The open imports on their way from the collecting of the trees to where the references are known.</summary>
internal static class OpenImportFile
{
    /// <summary>Its name, beside the manifest.</summary>
    public const string Name = "PyEmbed.imports";

    private const int FixedFields = 12;

    // Read by the assembly that wrote it only.
    private static readonly string s_header = $"pyembed-imports {typeof(OpenImportFile).Module.ModuleVersionId:N}";

    /// <summary>The file's text.</summary>
    public static string Format(IEnumerable<OpenImport> imports)
    {
        var text = new StringBuilder(s_header).Append('\n');
        foreach (OpenImport open in imports)
        {
            ManifestDiagnostic problem = open.Problem;
            text.Append(RecordLine.Format(
            [
                open.Missing,
                open.Module,
                open.IsFinal ? "final" : "open",
                open.Distribution,
                problem.Id,
                problem.Severity == ManifestSeverity.Warning ? "warning" : "info",
                problem.File,
                RecordLine.Number(problem.Line),
                RecordLine.Number(problem.Column),
                RecordLine.Number(problem.EndLine),
                RecordLine.Number(problem.EndColumn),
                problem.Message,
                .. open.Names,
            ])).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads the file; nothing where there is none, or where another version of this assembly wrote it.</summary>
    /// <exception cref="IOException">It cannot be read, or is damaged.</exception>
    public static IReadOnlyList<OpenImport> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        string[] lines = File.ReadAllText(path, ArchiveFormat.Utf8).Split('\n');
        try
        {
            return lines[0] == s_header ? lines.Skip(1).Where(line => line.Length > 0).Select(Parse).ToList() : [];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new IOException($"'{path}' is damaged ({e.Message}); clean and build again.", e);
        }
    }

    private static OpenImport Parse(string line)
    {
        string[] fields = RecordLine.Parse(line);
        if (fields.Length < FixedFields)
        {
            throw new FormatException($"'{line}' is no import");
        }

        return new OpenImport(
            fields[0],
            fields[1],
            fields.Skip(FixedFields).ToArray(),
            fields[2] == "final",
            fields[3],
            new ManifestDiagnostic(
                fields[4],
                fields[5] == "warning" ? ManifestSeverity.Warning : ManifestSeverity.Info,
                fields[6],
                RecordLine.Int(fields[7]),
                RecordLine.Int(fields[8]),
                RecordLine.Int(fields[9]),
                RecordLine.Int(fields[10]),
                fields[11]));
    }
}
