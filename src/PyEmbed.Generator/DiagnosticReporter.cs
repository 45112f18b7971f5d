using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Reports the build's findings where the compiler applies the user's settings to them: NoWarn, WarningsAsErrors, global analyzer configs.</summary>
internal static class DiagnosticReporter
{
    /// <summary>Reports each finding of the manifest.</summary>
    public static void Report(SourceProductionContext context, EquatableArray<ManifestDiagnostic> diagnostics)
    {
        foreach (ManifestDiagnostic diagnostic in diagnostics)
        {
            context.ReportDiagnostic(ToDiagnostic(diagnostic));
        }
    }

    private static Diagnostic ToDiagnostic(ManifestDiagnostic diagnostic) =>
        DiagnosticTable.ById.TryGetValue(diagnostic.Id, out DiagnosticDescriptor? descriptor)
            ? Diagnostic.Create(descriptor, LocationOf(diagnostic), SeverityOf(diagnostic), null, null, diagnostic.Message)
            : Diagnostic.Create(DiagnosticTable.UnreadableManifest, LocationOf(diagnostic), $"it reports '{diagnostic.Message}' as {diagnostic.Id}, which this PyEmbed does not know.");

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
