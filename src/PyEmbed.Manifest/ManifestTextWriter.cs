using System.Globalization;
using System.Text;

namespace PyEmbed.Manifest;

/// <summary>Writes a manifest's text form: docs/formats.md, section 2.</summary>
internal static class ManifestTextWriter
{
    /// <summary>The manifest as text; <see cref="ManifestTextReader.Read"/> gives back an equal one.</summary>
    /// <param name="manifest">What to write. Modules are sorted here; everything else keeps its order.</param>
    /// <returns>The whole text, to be stored as UTF-8 without a byte-order mark.</returns>
    public static string Write(BuildManifest manifest)
    {
        var text = new StringBuilder();
        text.Append(ManifestText.Signature).Append(Number(ManifestText.Version)).Append('\n');

        foreach (ManifestTree tree in manifest.Trees)
        {
            text.Append(ManifestText.Tree);
            Field(text, tree.Name);
            Field(text, tree.Resource);
            Field(text, tree.Hash);
            Field(text, Number(tree.FormatVersion));
            Field(text, ArchiveFormat.NameOf(tree.Placement));
            Field(text, tree.MinimumPython);
            foreach (string requirement in tree.Requirements)
            {
                Field(text, requirement);
            }

            text.Append('\n');
        }

        foreach (ManifestModule module in manifest.Modules.OrderBy(module => module.Name, StringComparer.Ordinal))
        {
            text.Append(ManifestText.Module);
            Field(text, module.Name);
            Field(text, ManifestText.Kinds[(int)module.Kind]);
            Field(text, module.Docstring);
            text.Append('\n');
        }

        foreach (ManifestEntryPoint entry in manifest.EntryPoints)
        {
            text.Append(ManifestText.Entry);
            Field(text, entry.MethodName);
            Field(text, entry.Reference);
            Field(text, entry.Docstring);
            Field(text, entry.Script);
            text.Append('\n');
        }

        if (manifest.Main is { } main)
        {
            text.Append(ManifestText.Main);
            Field(text, main);
            text.Append('\n');
        }

        foreach (ManifestDiagnostic diagnostic in manifest.Diagnostics)
        {
            text.Append(ManifestText.Diagnostic);
            Field(text, diagnostic.Id);
            Field(text, ManifestText.Severities[(int)diagnostic.Severity]);
            Field(text, diagnostic.File);
            Field(text, Number(diagnostic.Line));
            Field(text, Number(diagnostic.Column));
            Field(text, Number(diagnostic.EndLine));
            Field(text, Number(diagnostic.EndColumn));
            Field(text, diagnostic.Message);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Field(StringBuilder text, string value)
    {
        text.Append('\t');
        ManifestText.AppendEscaped(text, value);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
