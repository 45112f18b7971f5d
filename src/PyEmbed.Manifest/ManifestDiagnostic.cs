namespace PyEmbed.Manifest;

/// <summary>One finding of the build about one Python file or item.</summary>
/// <param name="Id">The diagnostic's id, <c>PYE1xxx</c>.</param>
/// <param name="Severity">How grave it is.</param>
/// <param name="File">The file it is about; empty where it is about none.</param>
/// <param name="Line">The first line, from 1; 0 for the whole file.</param>
/// <param name="Column">The first column in UTF-16 units, from 1; 0 for the whole line.</param>
/// <param name="EndLine">The last line; 0 where only the start is known.</param>
/// <param name="EndColumn">The column after the last; 0 where only the start is known.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record ManifestDiagnostic(
    string Id,
    ManifestSeverity Severity,
    string File,
    int Line,
    int Column,
    int EndLine,
    int EndColumn,
    string Message);
