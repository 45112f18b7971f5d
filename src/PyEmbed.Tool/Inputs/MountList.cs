using System.Text.Json;

namespace PyEmbed.Tool.Inputs;

/// <summary>The list of assemblies that a program mounts (docs/formats.md, section 3), out of its <c>runtimeconfig.json</c>.</summary>
internal static class MountList
{
    private const string Option = "PyEmbed.Assemblies";

    /// <summary>The simple names in mount order; empty where there is no list.</summary>
    /// <param name="json">The file.</param>
    /// <param name="place">Names the file in errors.</param>
    /// <exception cref="ToolException">It is no JSON.</exception>
    public static IReadOnlyList<string> Read(ReadOnlyMemory<byte> json, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("runtimeOptions", out JsonElement options) && options.ValueKind == JsonValueKind.Object
                && options.TryGetProperty("configProperties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object
                && properties.TryGetProperty(Option, out JsonElement list) && list.ValueKind == JsonValueKind.String
                    ? list.GetString()!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    : [];
        }
        catch (JsonException e)
        {
            throw new ToolException(ExitCodes.Input, $"'{place}' is no well-formed JSON (line {e.LineNumber + 1}). Publish the application again.", e);
        }
    }
}
