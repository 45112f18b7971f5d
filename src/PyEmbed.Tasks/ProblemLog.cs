using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks;

/// <summary>Puts problems into the build's log: those that leave nothing to compile, and all of them where the compiler runs no generator.</summary>
internal static class ProblemLog
{
    /// <summary>Logs each problem as its severity says.</summary>
    public static void Write(TaskLoggingHelper log, IEnumerable<ManifestDiagnostic> problems)
    {
        foreach (ManifestDiagnostic problem in problems)
        {
            switch (problem.Severity)
            {
                case ManifestSeverity.Error:
                    log.LogError(null, problem.Id, null, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                case ManifestSeverity.Warning:
                    log.LogWarning(null, problem.Id, null, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message);
                    break;
                default:
                    log.LogMessage(null, problem.Id, null, problem.File, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, MessageImportance.Normal, problem.Message);
                    break;
            }
        }
    }
}
