using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed list</c>: a line for each tree of a file.</summary>
internal static class ListCommand
{
    private static readonly string[] Columns =
        ["ASSEMBLY", "DISTRIBUTION", "FILES", "MODULES", "", "SIZE", "BYTECODE", "PYTHON", "", "", "REQUIREMENTS"];

    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Option<bool> references = FileArgument.References();
        Command command = new("list", "Lists the Python trees of a file.") { file, references };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(references), output));
        return command;
    }

    private static int Run(string path, bool references, ToolOutput output)
    {
        using InputFile input = InputFile.Open(path, references);
        if (output.Json)
        {
            output.WriteJson(json => Write(json, input));
        }
        else
        {
            output.WriteTable(Columns, input.Trees.Select(Row));
        }

        return UnreadableTrees.Report(input, output);
    }

    private static string[] Row(EmbeddedTree tree) =>
    [
        tree.Assembly.Length > 0 ? tree.Assembly : "-",
        tree.Distribution,
        Number(tree.Contents.Files.Count),
        Number(tree.Contents.Modules.Count),
        Number(tree.Length),
        Number(tree.Contents.Size),
        OrDash(string.Join(",", tree.Contents.BytecodeVersions)),
        OrDash(tree.Attribute?.MinimumPython ?? ""),
        tree.Archive.Hash,
        Number(tree.Archive.FormatVersion),
        OrDash(string.Join("; ", tree.Attribute?.Requirements ?? [])),
    ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string OrDash(string text) => text.Length > 0 ? text : "-";

    private static void Write(Utf8JsonWriter json, InputFile input)
    {
        json.WriteString("file", input.Path);
        json.WriteStartArray("trees");
        foreach (EmbeddedTree tree in input.Trees)
        {
            json.WriteStartObject();
            json.WriteString("assembly", tree.Assembly);
            json.WriteString("distribution", tree.Distribution);
            json.WriteString("origin", tree.Origin);
            json.WriteNumber("files", tree.Contents.Files.Count);
            json.WriteNumber("modules", tree.Contents.Modules.Count);
            json.WriteNumber("storedBytes", tree.Length);
            json.WriteNumber("bytes", tree.Contents.Size);
            json.WriteStartArray("bytecode");
            foreach (string version in tree.Contents.BytecodeVersions)
            {
                json.WriteStringValue(version);
            }

            json.WriteEndArray();
            json.WriteString("minimumPython", tree.Attribute?.MinimumPython);
            json.WriteString("hash", tree.Archive.Hash);
            json.WriteNumber("format", tree.Archive.FormatVersion);
            json.WriteStartArray("requirements");
            foreach (string requirement in tree.Attribute?.Requirements ?? [])
            {
                json.WriteStringValue(requirement);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        UnreadableTrees.Write(json, input);
    }
}
