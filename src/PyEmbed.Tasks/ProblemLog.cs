using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks;

/// <summary>Puts problems into the build's log: those that leave nothing to compile, and all of them where the compiler runs no generator.</summary>
internal static class ProblemLog
{
    /// <summary>Logs each problem as its severity says, with a link into the page that explains it.</summary>
    public static void Write(TaskLoggingHelper log, IEnumerable<ManifestDiagnostic> problems, string helpPage)
    {
        foreach (ManifestDiagnostic problem in problems)
        {
            string? link = HelpLink.Of(helpPage, problem.Id);
            switch (problem.Severity)
            {
                case ManifestSeverity.Error:
                    log.LogError(null, problem.Id, null, link, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                case ManifestSeverity.Warning:
                    log.LogWarning(null, problem.Id, null, link, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                default:
                    log.LogMessage(null, problem.Id, null, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, MessageImportance.Normal, problem.Message);
                    break;
            }
        }
    }
}
