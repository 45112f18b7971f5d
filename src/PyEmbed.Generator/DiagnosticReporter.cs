using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Reports the build's findings where the compiler applies the user's settings to them: NoWarn, WarningsAsErrors, global analyzer configs.</summary>
internal static class DiagnosticReporter
{
    /// <summary>Reports each finding of the manifest, with a link into the page that explains it.</summary>
    public static void Report(SourceProductionContext context, (EquatableArray<ManifestDiagnostic> Diagnostics, string HelpPage) found)
    {
        foreach (ManifestDiagnostic diagnostic in found.Diagnostics)
        {
            context.ReportDiagnostic(ToDiagnostic(diagnostic, found.HelpPage));
        }
    }

    private static Diagnostic ToDiagnostic(ManifestDiagnostic diagnostic, string helpPage) =>
        DiagnosticTable.ById.TryGetValue(diagnostic.Id, out DiagnosticDescriptor? descriptor)
            ? Diagnostic.Create(Linked(descriptor, helpPage), LocationOf(diagnostic), SeverityOf(diagnostic), null, null, diagnostic.Message)
            : Diagnostic.Create(
                Linked(DiagnosticTable.UnreadableManifest, helpPage),
                LocationOf(diagnostic),
                $"it reports '{diagnostic.Message}' as {diagnostic.Id}, which this PyEmbed does not know.");

    // Where the page lies is known in a build only.
    private static DiagnosticDescriptor Linked(DiagnosticDescriptor descriptor, string helpPage) => new(
        descriptor.Id,
        descriptor.Title,
        descriptor.MessageFormat,
        descriptor.Category,
        descriptor.DefaultSeverity,
        descriptor.IsEnabledByDefault,
        helpLinkUri: HelpLink.Of(helpPage, descriptor.Id));

    private static DiagnosticSeverity SeverityOf(ManifestDiagnostic diagnostic) => diagnostic.Severity switch
    {
        ManifestSeverity.Error => DiagnosticSeverity.Error,
        ManifestSeverity.Warning => DiagnosticSeverity.Warning,
        _ => DiagnosticSeverity.Info,
    };

    private static Location LocationOf(ManifestDiagnostic diagnostic)
    {
        if (diagnostic.File.Length == 0)
        {
            return Location.None;
        }

        LinePosition start = Position(diagnostic.Line, diagnostic.Column);
        LinePosition end = Position(diagnostic.EndLine, diagnostic.EndColumn);
        return Location.Create(diagnostic.File, default, new LinePositionSpan(start, end < start ? start : end));
    }

    // The manifest counts from 1 and knows 0 for "all of it"; Roslyn counts from 0.
    private static LinePosition Position(int line, int column) => new(Math.Max(line - 1, 0), Math.Max(column - 1, 0));
}
