using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>One manifest as read: what it holds, or the one diagnostic that says why it cannot be read.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Content">What it holds; nothing but the diagnostic where it is malformed.</param>
internal sealed record ManifestFile(string Path, BuildManifest Content)
{
    /// <summary>Whether an additional file is a manifest: by its name, whatever its folder.</summary>
    public static bool IsManifest(AdditionalText file) =>
        string.Equals(System.IO.Path.GetFileName(file.Path), ManifestText.FileName, StringComparison.Ordinal);

    /// <summary>Reads a manifest; a malformed one becomes a manifest of one diagnostic.</summary>
    public static ManifestFile Read(AdditionalText file, CancellationToken cancellationToken)
    {
        // No text: the compiler itself reports an additional file that it cannot read.
        SourceText? text = file.GetText(cancellationToken);
        BuildManifest content = text is null ? BuildManifest.Empty : Read(file.Path, text.ToString());
        return new ManifestFile(file.Path, content);
    }

    private static BuildManifest Read(string path, string text)
    {
        try
        {
            return ManifestTextReader.Read(text);
        }
        catch (ManifestTextException e)
        {
            return BuildManifest.Empty with
            {
                Diagnostics = new([new(DiagnosticTable.UnreadableManifestId, ManifestSeverity.Error, path, e.Line, 0, 0, 0, e.Message)]),
            };
        }
    }
}
