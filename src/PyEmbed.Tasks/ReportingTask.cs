using Microsoft.Build.Framework;
using PyEmbed.Manifest;
using Task = Microsoft.Build.Utilities.Task;

namespace PyEmbed.Tasks;

/// <summary>
/// A task that logs diagnostics of docs/diagnostics.md. <c>NoWarn</c> and <c>WarningsAsErrors</c> are applied to what it logs by the
/// engine; <c>TreatWarningsAsErrors</c> is the compiler's alone, so the task applies it where it logs in the compiler's stead.
/// </summary>
public abstract class ReportingTask : Task
{
    private static readonly char[] s_separators = [';', ',', ' ', '\t', '\r', '\n'];

    /// <summary>The path of the page that explains the diagnostics; empty for none.</summary>
    public string HelpPage { get; set; } = "";

    /// <summary>Whether warnings are logged as errors.</summary>
    public bool TreatWarningsAsErrors { get; set; }

    /// <summary>Ids of warnings that stay warnings all the same, in lists as <c>NoWarn</c> has them.</summary>
    public string WarningsNotAsErrors { get; set; } = "";

    /// <summary>Logs each problem as its severity and the settings say, with a link into the page.</summary>
    private protected void Report(IEnumerable<ManifestDiagnostic> problems)
    {
        var stay = new HashSet<string>(WarningsNotAsErrors.Split(s_separators), StringComparer.OrdinalIgnoreCase);
        foreach (ManifestDiagnostic problem in problems)
        {
            string? link = HelpLink.Of(HelpPage, problem.Id);
            bool isRaised = problem.Severity == ManifestSeverity.Warning && TreatWarningsAsErrors && !stay.Contains(problem.Id);
            switch (isRaised ? ManifestSeverity.Error : problem.Severity)
            {
                case ManifestSeverity.Error:
                    Log.LogError(null, problem.Id, null, link, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                case ManifestSeverity.Warning:
                    Log.LogWarning(null, problem.Id, null, link, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                default:
                    Log.LogMessage(null, problem.Id, null, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, MessageImportance.Normal, problem.Message);
                    break;
            }
        }
    }
}
