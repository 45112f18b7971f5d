using System.Diagnostics.CodeAnalysis;

namespace PyEmbed.Tool.Running;

/// <summary>Calls what the command has Python do (pyembed/_command.py).</summary>
internal static class PythonCommand
{
    // What says that an input is not fit for it, or cannot be read.
    private static readonly HashSet<string> s_refusals =
    [
        "pyembed.stitch.StitchError", "pyembed.bundle.BundleError", "pyembed.RequirementError", "OSError", "PermissionError", "FileNotFoundError", "NotADirectoryError", "IsADirectoryError",
    ];

    /// <summary>Calls a function.</summary>
    /// <exception cref="ToolException">What it was given is not fit for it, or cannot be read.</exception>
    public static T Invoke<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(PythonInterpreter python, string function, params object?[] arguments)
    {
        using PythonObject command = python.Import("pyembed._command");
        try
        {
            return command.InvokeMethod<T>(function, arguments);
        }
        catch (PythonException e) when (s_refusals.Contains(e.PythonType))
        {
            // The message begins with the type.
            string start = e.PythonType + ": ";
            throw new ToolException(ExitCodes.Input, e.Message.StartsWith(start, StringComparison.Ordinal) ? e.Message[start.Length..] : e.Message, e);
        }
    }
}
