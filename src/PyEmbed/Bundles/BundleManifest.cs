using System.Text.Json;
using PyEmbed.Manifest;

namespace PyEmbed;

/// <summary>What a bundle says of itself: the JSON document of docs/formats.md, section 7. That its files are those it names is checked when it is mounted.</summary>
internal sealed record BundleManifest(
    string Python,
    string Platform,
    IReadOnlyList<string> Objects,
    IReadOnlyList<string> Files,
    IReadOnlyDictionary<string, string> Modules,
    IReadOnlyDictionary<string, string> Data,
    IReadOnlyList<PythonModuleRequirement> Requirements,
    IReadOnlyList<PythonMissingModule> Missing,
    IReadOnlyDictionary<string, string> LeftOut)
{
    private const string File = "bundle.json";

    /// <summary>The newest version of the document that is read.</summary>
    private const int Format = 1;

    /// <summary>Reads it.</summary>
    /// <param name="archive">The bundle, which was verified.</param>
    /// <param name="origin">Names it in errors.</param>
    /// <exception cref="InvalidDataException">There is none, it is damaged, or it is of a newer format.</exception>
    public static BundleManifest Read(Stream archive, string origin)
    {
        try
        {
            return Read(ArchiveReader.Open(archive, origin), origin);
        }
        catch (Exception e) when (e is ArchiveFormatException or BundleFormatException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Reads it.</summary>
    /// <param name="archive">The bundle.</param>
    /// <param name="origin">Names it in errors.</param>
    /// <exception cref="BundleFormatException">There is none, it is damaged, or it is of a newer format.</exception>
    /// <exception cref="ArchiveFormatException">The archive is damaged.</exception>
    public static BundleManifest Read(ArchiveReader archive, string origin)
    {
        if (archive.Bundle?.TryGetValue(File, out ArchiveRecord record) != true)
        {
            throw new BundleFormatException($"The bundle '{origin}' is damaged, as it has no {ArchiveFormat.IndexFolder}/{File}: make, or send, it once more.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(archive.Read(record));
            return Parse(document.RootElement, origin);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new BundleFormatException($"The bundle '{origin}' is damaged: bad manifest: {e.Message} Make it, or send it, once more.", inner: e);
        }
    }

    private static BundleManifest Parse(JsonElement root, string origin)
    {
        int format = root.GetProperty("format").GetInt32();
        if (format > Format)
        {
            throw new BundleFormatException(
                $"The bundle '{origin}' has format version {format}; this PyEmbed reads versions up to {Format}: update PyEmbed here, or make the bundle with the version in use here.",
                isNewer: true);
        }

        return new BundleManifest(
            Text(root.GetProperty("python")),
            Text(root.GetProperty("system")),
            root.GetProperty("objects").EnumerateArray().Select(Text).ToArray(),
            root.GetProperty("entries").EnumerateArray().SelectMany(entry => entry.GetProperty("files").EnumerateArray().Select(Text)).ToArray(),
            Texts(root.GetProperty("modules")),
            Texts(root.GetProperty("data")),
            root.GetProperty("requirements").EnumerateObject().Select(item => new PythonModuleRequirement(item.Name, item.Value[0].GetString(), item.Value[1].GetString())).ToArray(),
            root.GetProperty("missing").EnumerateArray().Select(item => new PythonMissingModule(Text(item[0]), Text(item[1]), item[2].GetInt32())).ToArray(),
            Texts(root.GetProperty("left_out")));
    }

    private static Dictionary<string, string> Texts(JsonElement element)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (JsonProperty item in element.EnumerateObject())
        {
            texts[item.Name] = Text(item.Value);
        }

        return texts;
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("a text is null.");
}
