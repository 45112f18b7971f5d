namespace PyEmbed.AspNetCore;

/// <summary>A script that ran in this process has raised an exception. The message names the script; <see cref="Exception.InnerException"/> is the <see cref="PythonException"/>, whose Python object has been let go of.</summary>
public sealed class PythonScriptException : Exception
{
    internal PythonScriptException(ScriptRun run, PythonException exception)
        : base($"The script '{run.Name}' has failed: {exception.Message}", exception)
    {
        PythonType = exception.PythonType;
        PythonMessage = exception.Message.Length == PythonType.Length ? "" : exception.Message[(PythonType.Length + ": ".Length)..];
        PythonTraceback = exception.PythonTraceback;
        Output = run.Output;
        Error = run.Error;
    }

    /// <summary>Name of the exception's type in Python.</summary>
    public string PythonType { get; }

    /// <summary>The exception's own message, its <c>str()</c>.</summary>
    public string PythonMessage { get; }

    /// <summary>The traceback, as Python prints it.</summary>
    public string PythonTraceback { get; }

    /// <summary>What the script had written to <c>sys.stdout</c>.</summary>
    public string Output { get; }

    /// <summary>What the script had written to <c>sys.stderr</c>.</summary>
    public string Error { get; }
}
