namespace PyEmbed;

/// <summary>A request to a <see cref="PythonWorkerPool"/> has failed; the message names the request, what happened, and the remedy where there is one. No other request is affected.</summary>
public sealed class PythonWorkerException : Exception
{
    internal PythonWorkerException(PythonWorkerErrorKind kind, string? request, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Request = request;
    }

    /// <summary>How it failed.</summary>
    public PythonWorkerErrorKind Kind { get; }

    /// <summary>The request's <see cref="PythonWorkerRequest.Name"/>; null where a pool could not start.</summary>
    public string? Request { get; }

    /// <summary>The type of the Python exception, such as <c>ValueError</c> or <c>mypkg.errors.Failed</c>, as the worker says; null where there was none.</summary>
    public string? PythonType { get; internal init; }

    /// <summary>The Python exception's own message, its <c>str()</c>, as the worker says; null where there was none.</summary>
    public string? PythonMessage { get; internal init; }

    /// <summary>The Python exception's traceback as CPython shows it, with source lines, as the worker says; null where there was none.</summary>
    public string? PythonTraceback { get; internal init; }

    /// <summary>What was written to standard output before.</summary>
    public string Output { get; internal init; } = "";

    /// <summary>What was written to standard error before.</summary>
    public string Error { get; internal init; } = "";

    /// <summary>What was logged before.</summary>
    public IReadOnlyList<PythonWorkerLog> Logs { get; internal init; } = [];
}
