using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>
/// The answers of earlier builds. They hold for a file of the same place and content and for the same interpreter; their bytecode
/// is in the archive that was packed from them. A cache that cannot be read is an empty one.
/// </summary>
internal sealed class AnalysisCache
{
    private const string FileName = "PyEmbed.analysis";
    private const string Signature = "pyembed-analysis";

    private readonly Dictionary<string, FileAnalysis> _answers = new(StringComparer.Ordinal);

    private AnalysisCache(InterpreterInfo? interpreter) => Interpreter = interpreter;

    /// <summary>The interpreter that gave the answers; null where there are none.</summary>
    public InterpreterInfo? Interpreter { get; }

    public bool IsEmpty => _answers.Count == 0;

    public static AnalysisCache Load(string outputDirectory, string interpreterIdentity)
    {
        string path = Path.Combine(outputDirectory, FileName);
        if (!File.Exists(path))
        {
            return new AnalysisCache(null);
        }

        using var reader = new StreamReader(path, ArchiveFormat.Utf8);
        try
        {
            return Read(reader, outputDirectory, interpreterIdentity);
        }
        catch (Exception e) when (e is FormatException or OverflowException or DecoderFallbackException)
        {
            return new AnalysisCache(null);
        }
    }

    /// <summary>The answer for a file as it is now, or null.</summary>
    public FileAnalysis? Find(PythonTree tree, TreeFile file, AnalysisRequest request) =>
        _answers.TryGetValue(Key(tree.Distribution, request), out FileAnalysis? answer) && SourceReader.Sha256(SourceReader.Read(file)) == answer.Sha256
            ? answer
            : null;

    /// <summary>Keeps answers for the next build.</summary>
    /// <param name="outputDirectory">Where the cache and the archives are.</param>
    /// <param name="interpreterIdentity">What the answers are bound to.</param>
    /// <param name="interpreter">The interpreter.</param>
    /// <param name="hashes">The hash of each distribution's archive.</param>
    /// <param name="answers">Distribution, request and answer.</param>
    public static void Save(
        string outputDirectory,
        string interpreterIdentity,
        InterpreterInfo interpreter,
        IEnumerable<(string Distribution, string Hash)> hashes,
        IEnumerable<(string Distribution, AnalysisRequest Request, FileAnalysis Answer)> answers)
    {
        var text = new StringBuilder();
        Line(text, Header(interpreterIdentity));
        Line(text, [interpreter.Version, interpreter.CacheTag, .. interpreter.StandardLibrary]);
        foreach ((string distribution, string hash) in hashes)
        {
            Line(text, "tree", distribution, hash);
        }

        foreach ((string distribution, AnalysisRequest request, FileAnalysis answer) in answers)
        {
            Line(text, ["file", answer.Bytecode is null ? "0" : "1", distribution, request.ArchivePath, request.WantsBytecode ? "1" : "0", .. request.Attributes]);
            foreach (string line in AnalysisRecords.Format(answer))
            {
                text.Append(line).Append('\n');
            }
        }

        OutputFile.WriteIfChanged(Path.Combine(outputDirectory, FileName), text.ToString());
    }

    private static AnalysisCache Read(StreamReader reader, string outputDirectory, string interpreterIdentity)
    {
        if (reader.ReadLine() != RecordLine.Format(Header(interpreterIdentity)) || reader.ReadLine() is not string interpreterLine)
        {
            return new AnalysisCache(null);
        }

        string[] interpreter = RecordLine.Parse(interpreterLine);
        var cache = new AnalysisCache(new InterpreterInfo(interpreter[0], interpreter[1], interpreter.Skip(2).ToArray()));
        var archives = new Dictionary<string, PackedBytecode>(StringComparer.Ordinal);
        try
        {
            while (reader.ReadLine() is string line)
            {
                string[] fields = RecordLine.Parse(line);
                if (fields[0] == "tree")
                {
                    archives[fields[1]] = PackedBytecode.Open(Path.Combine(outputDirectory, fields[1] + ".zip"), fields[2]);
                    continue;
                }

                FileAnalysis answer = AnalysisRecords.Read(reader.ReadLine, "") ?? throw new FormatException("the cache ends within an answer");
                var bytecode = fields[1] == "1" ? archives[fields[2]].Find(fields[3], interpreter[1]) : null;
                if (fields[1] == "0" || bytecode is not null)
                {
                    cache._answers[RecordLine.Format(fields.Skip(2).ToArray())] = answer with { Bytecode = bytecode };
                }
            }
        }
        finally
        {
            foreach (PackedBytecode archive in archives.Values)
            {
                archive.Dispose();
            }
        }

        return cache;
    }

    private static string[] Header(string interpreterIdentity) =>
        [Signature, Analyzer.Version, interpreterIdentity];

    private static string Key(string distribution, AnalysisRequest request) =>
        RecordLine.Format([distribution, request.ArchivePath, request.WantsBytecode ? "1" : "0", .. request.Attributes]);

    private static void Line(StringBuilder text, params string[] fields) => text.Append(RecordLine.Format(fields)).Append('\n');
}
