using System.Diagnostics.CodeAnalysis;

namespace PyEmbed.Tool.Stitching;

/// <summary>Calls what Python does of stitching (pyembed/_command.py).</summary>
internal static class StitchingCall
{
    /// <summary>Calls a function.</summary>
    /// <exception cref="ToolException">What it was given is not fit for it, or cannot be read.</exception>
    public static T Invoke<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(PythonInterpreter python, string function, params object?[] arguments)
    {
        using PythonObject command = python.Import("pyembed._command");
        try
        {
            return command.InvokeMethod<T>(function, arguments);
        }
        catch (PythonException e) when (e.PythonType is "pyembed.stitch.StitchError" or "OSError" or "PermissionError" or "FileNotFoundError" or "NotADirectoryError" or "IsADirectoryError")
        {
            // The message begins with the type.
            string start = e.PythonType + ": ";
            throw new ToolException(ExitCodes.Input, e.Message.StartsWith(start, StringComparison.Ordinal) ? e.Message[start.Length..] : e.Message, e);
        }
    }
}
