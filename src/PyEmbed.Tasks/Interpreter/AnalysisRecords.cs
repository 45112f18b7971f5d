using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>An answer of the interpreter as lines, from its first line to <c>end</c> (analyze.py says which there are).</summary>
internal static class AnalysisRecords
{
    /// <summary>Reads one answer.</summary>
    /// <param name="readLine">Gives the next line, or null at the end.</param>
    /// <param name="bytecodeFile">The file that bytecode offsets refer to.</param>
    /// <returns>The answer, or null where the lines end before it does.</returns>
    /// <exception cref="FormatException">A line is none of the protocol's.</exception>
    public static FileAnalysis? Read(Func<string?> readLine, string bytecodeFile)
    {
        var analysis = new FileAnalysis();
        var problems = new List<AnalysisProblem>();
        var attributes = new List<AnalyzedAttribute>();
        var imports = new List<AnalyzedImport>();
        while (readLine() is string line)
        {
            string[] fields = RecordLine.Parse(line);
            switch (fields[0], fields.Length)
            {
                case ("end", 1):
                    return analysis with { Problems = problems, Attributes = attributes, Imports = imports };
                case ("sha256", 2):
                    analysis = analysis with { Sha256 = fields[1] };
                    break;
                case ("missing", 2):
                    analysis = analysis with { Unreadable = fields[1] };
                    break;
                case ("problem", 7):
                    problems.Add(new AnalysisProblem(
                        fields[1], RecordLine.Int(fields[2]), RecordLine.Int(fields[3]), RecordLine.Int(fields[4]), RecordLine.Int(fields[5]), fields[6]));
                    break;
                case ("uses-file", 2):
                    analysis = analysis with { UsesFile = (FileUse)RecordLine.Int(fields[1]) };
                    break;
                case ("import", >= 7):
                    imports.Add(new AnalyzedImport(
                        RecordLine.Int(fields[1]), RecordLine.Int(fields[2]), RecordLine.Int(fields[3]), RecordLine.Int(fields[4]), RecordLine.Int(fields[5]), fields[6], fields.Skip(7).ToArray()));
                    break;
                case ("lacking", 6):
                    imports.Add(new AnalyzedImport(
                        RecordLine.Int(fields[1]), RecordLine.Int(fields[2]), RecordLine.Int(fields[3]), RecordLine.Int(fields[4]), 0, fields[5], []) { IsLacking = true });
                    break;
                case ("binds", _):
                    analysis = analysis with { Binds = fields.Skip(1).ToArray() };
                    break;
                case ("changes-imports", 2):
                    analysis = analysis with { ImportChanges = (ImportChange)RecordLine.Int(fields[1]) };
                    break;
                case ("docstring", 2):
                    analysis = analysis with { Docstring = fields[1] };
                    break;
                case ("attribute", 4):
                    attributes.Add(new AnalyzedAttribute(fields[1], State(fields[2]), fields[3]));
                    break;
                case ("bytecode", 4):
                    analysis = analysis with
                    {
                        Bytecode = new BytecodeLocation(bytecodeFile, RecordLine.Long(fields[1]), RecordLine.Int(fields[2]), (uint)RecordLine.Long(fields[3])),
                    };
                    break;
                default:
                    throw new FormatException($"'{line}' is no line of an answer");
            }
        }

        return null;
    }

    /// <summary>The answer's lines, without the file that bytecode is in.</summary>
    public static IEnumerable<string> Format(FileAnalysis analysis)
    {
        yield return RecordLine.Format("sha256", analysis.Sha256);
        foreach (AnalysisProblem problem in analysis.Problems)
        {
            yield return RecordLine.Format(
                "problem",
                problem.Id,
                RecordLine.Number(problem.Line),
                RecordLine.Number(problem.Column),
                RecordLine.Number(problem.EndLine),
                RecordLine.Number(problem.EndColumn),
                problem.Message);
        }

        if (analysis.UsesFile != FileUse.None)
        {
            yield return RecordLine.Format("uses-file", RecordLine.Number((int)analysis.UsesFile));
        }

        foreach (AnalyzedImport import in analysis.Imports)
        {
            string[] place = [RecordLine.Number(import.Line), RecordLine.Number(import.Column), RecordLine.Number(import.EndLine), RecordLine.Number(import.EndColumn)];
            yield return import.IsLacking
                ? RecordLine.Format(["lacking", .. place, import.Module])
                : RecordLine.Format(["import", .. place, RecordLine.Number(import.Level), import.Module, .. import.Names]);
        }

        if (analysis.Binds is not null)
        {
            yield return RecordLine.Format(["binds", .. analysis.Binds]);
        }

        if (analysis.ImportChanges != ImportChange.None)
        {
            yield return RecordLine.Format("changes-imports", RecordLine.Number((int)analysis.ImportChanges));
        }

        if (analysis.Docstring.Length > 0)
        {
            yield return RecordLine.Format("docstring", analysis.Docstring);
        }

        foreach (AnalyzedAttribute attribute in analysis.Attributes)
        {
            yield return RecordLine.Format("attribute", attribute.Name, Word(attribute.State), attribute.Docstring);
        }

        if (analysis.Bytecode is BytecodeLocation bytecode)
        {
            yield return RecordLine.Format("bytecode", RecordLine.Number(bytecode.Offset), RecordLine.Number(bytecode.Length), RecordLine.Number(bytecode.Crc));
        }

        yield return "end";
    }

    private static AttributeState State(string word) => word switch
    {
        "yes" => AttributeState.Yes,
        "no" => AttributeState.No,
        "unknown" => AttributeState.Unknown,
        _ => throw new FormatException($"'{word}' is no state of an attribute"),
    };

    private static string Word(AttributeState state) => state switch
    {
        AttributeState.Yes => "yes",
        AttributeState.No => "no",
        _ => "unknown",
    };
}
