using System.CommandLine;
using System.Text.Json;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed verify</c>: what is damaged in the trees of a file, a line each.</summary>
internal static class VerifyCommand
{
    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Option<bool> references = FileArgument.References();
        Command command = new("verify", "Checks the Python trees of a file for damage.") { file, references };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(references), output));
        return command;
    }

    private static int Run(string path, bool references, ToolOutput output)
    {
        using InputFile input = InputFile.Open(path, references);
        using Interruption interruption = new();
        List<(string Origin, int Files, IReadOnlyList<Finding> Findings)> trees = [];
        foreach (UnreadableTree tree in input.Unreadable.Where(tree => !tree.IsNewer))
        {
            trees.Add((tree.Assembly.Length > 0 ? $"assembly:/{tree.Assembly}/{tree.Distribution}.zip" : input.Path, 0, [new Finding("", tree.Problem)]));
        }

        foreach (EmbeddedTree tree in input.Trees)
        {
            IReadOnlyList<Finding> findings = ToolOutput.During(tree.Origin, () => TreeVerifier.Check(tree, interruption.Token));
            trees.Add((tree.Origin, findings.Count == 0 ? tree.Contents.Files.Count : 0, findings));
        }

        bool isSound = !trees.Any(tree => tree.Findings.Any(finding => finding.IsDamage));
        if (output.Json)
        {
            output.WriteJson(json => Write(json, input, trees, isSound));
        }
        else
        {
            Print(output, trees);
        }

        foreach (UnreadableTree tree in input.Unreadable.Where(tree => tree.IsNewer))
        {
            output.Complain(tree.Problem);
        }

        return !isSound ? ExitCodes.No : input.Unreadable.Any(tree => tree.IsNewer) ? ExitCodes.Input : ExitCodes.Done;
    }

    private static void Print(ToolOutput output, List<(string Origin, int Files, IReadOnlyList<Finding> Findings)> trees)
    {
        foreach ((string origin, int files, IReadOnlyList<Finding> findings) in trees)
        {
            foreach (Finding finding in findings)
            {
                output.WriteFields([finding.IsDamage ? "damage" : "warning", origin, finding.Path.Length > 0 ? finding.Path : "-", finding.Problem]);
            }

            if (findings.Count == 0 && output.IsTerminal)
            {
                output.WriteFields([$"{origin}: {files} files, no damage"]);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, InputFile input, List<(string Origin, int Files, IReadOnlyList<Finding> Findings)> trees, bool isSound)
    {
        json.WriteString("file", input.Path);
        json.WriteBoolean("sound", isSound);
        json.WriteStartArray("findings");
        foreach ((string origin, _, IReadOnlyList<Finding> findings) in trees)
        {
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("severity", finding.IsDamage ? "damage" : "warning");
                json.WriteString("tree", origin);
                json.WriteString("path", finding.Path);
                json.WriteString("problem", finding.Problem);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        UnreadableTrees.Write(json, input);
    }
}
