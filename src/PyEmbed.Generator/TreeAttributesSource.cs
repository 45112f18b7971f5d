using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Generates the assembly attributes that say which trees the assembly carries.</summary>
internal static class TreeAttributesSource
{
    public const string HintName = "EmbeddedPython.g.cs";

    /// <summary>Adds the file, unless there is no tree.</summary>
    public static void Add(SourceProductionContext context, EquatableArray<ManifestTree> trees)
    {
        if (trees.Count == 0)
        {
            return;
        }

        var writer = new SourceWriter(nullable: false);
        writer.Line();
        foreach (ManifestTree tree in trees)
        {
            writer.Line(Attribute(tree));
        }

        context.AddSource(HintName, writer.ToSourceText());
    }

    private static string Attribute(ManifestTree tree)
    {
        var attribute = new StringBuilder("[assembly: global::PyEmbed.EmbeddedPython(")
            .Append(SourceWriter.Literal(tree.Name))
            .Append(", Resource = ").Append(SourceWriter.Literal(tree.Resource))
            .Append(", Hash = ").Append(SourceWriter.Literal(tree.Hash))
            .Append(", FormatVersion = ").Append(tree.FormatVersion.ToString(CultureInfo.InvariantCulture))
            .Append(", MinimumPython = ").Append(SourceWriter.Literal(tree.MinimumPython));
        if (tree.Requirements.Count > 0)
        {
            attribute.Append(", Requirements = new[] { ")
                .Append(string.Join(", ", tree.Requirements.Select(SourceWriter.Literal)))
                .Append(" }");
        }

        return attribute.Append(")]").ToString();
    }
}
