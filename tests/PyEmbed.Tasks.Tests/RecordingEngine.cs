using System.Collections;
using Microsoft.Build.Framework;

namespace PyEmbed.Tasks.Tests;

/// <summary>A build engine that only keeps what tasks log.</summary>
internal sealed class RecordingEngine : IBuildEngine
{
    public List<BuildErrorEventArgs> Errors { get; } = [];

    public List<BuildWarningEventArgs> Warnings { get; } = [];

    /// <summary>Messages with a code.</summary>
    public List<BuildMessageEventArgs> Messages { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "PyEmbed.targets";

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => false;

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e)
    {
        if (!string.IsNullOrEmpty(e.Code))
        {
            Messages.Add(e);
        }
    }

    /// <summary>All that was logged with a code: place, severity, code and link, then after a tab the message.</summary>
    public string[] Said() =>
    [
        .. Errors.Select(e => $"{e.File}({e.LineNumber},{e.ColumnNumber}): error {e.Code} {e.HelpLink}\t{e.Message}"),
        .. Warnings.Select(e => $"{e.File}({e.LineNumber},{e.ColumnNumber}): warning {e.Code} {e.HelpLink}\t{e.Message}"),
        .. Messages.Select(e => $"{e.File}({e.LineNumber},{e.ColumnNumber}): info {e.Code} \t{e.Message}"),
    ];

    public void Clear()
    {
        Errors.Clear();
        Warnings.Clear();
        Messages.Clear();
    }

    public void LogCustomEvent(CustomBuildEventArgs e)
    {
    }
}
