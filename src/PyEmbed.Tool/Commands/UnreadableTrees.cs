using System.Text.Json;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary>What commands that show everything say of the trees that they cannot read.</summary>
internal static class UnreadableTrees
{
    /// <summary>Says on standard error what cannot be read.</summary>
    /// <returns>The command's exit code.</returns>
    public static int Report(InputFile input, ToolOutput output)
    {
        foreach (UnreadableTree tree in input.Unreadable)
        {
            output.Complain(tree.Problem);
        }

        return input.Unreadable.Count > 0 ? ExitCodes.Input : ExitCodes.Done;
    }

    /// <summary>Writes them as the member <c>unreadable</c>.</summary>
    public static void Write(Utf8JsonWriter json, InputFile input)
    {
        json.WriteStartArray("unreadable");
        foreach (UnreadableTree tree in input.Unreadable)
        {
            json.WriteStartObject();
            json.WriteString("assembly", tree.Assembly);
            json.WriteString("distribution", tree.Distribution);
            json.WriteString("problem", tree.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
