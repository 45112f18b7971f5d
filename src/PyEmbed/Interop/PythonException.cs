using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// An exception that Python raised. It is described when it is thrown, so that it can be read on any thread and after Python was stopped.
/// SystemExit and KeyboardInterrupt are such exceptions too.
/// </summary>
public class PythonException : Exception
{
    internal PythonException(PythonExceptionParts parts)
        : base(parts.Message, parts.Inner)
    {
        PythonType = parts.Type;
        PythonTraceback = parts.Traceback;
        Frames = parts.Frames;
        Value = parts.Value;
    }

    /// <summary>Name of the exception's type, <c>ValueError</c> or <c>package.module.SomeError</c>. <see cref="Exception.Message"/> begins with it.</summary>
    public string PythonType { get; }

    /// <summary>
    /// The traceback with source lines and the exceptions that led to this one, as Python's <c>traceback</c> module prints it; ends in a line feed.
    /// </summary>
    public string PythonTraceback { get; }

    /// <summary>The calls of the traceback, oldest first.</summary>
    public IReadOnlyList<PythonFrame> Frames { get; }

    /// <summary>
    /// The exception object. It keeps its traceback, so all local variables of the frames, alive until it is disposed or this exception is forgotten.
    /// </summary>
    /// <remarks>
    /// <see cref="Exception.InnerException"/> is the .NET exception itself where one came through Python; else the <see cref="PythonException"/> of <c>__cause__</c>,
    /// or of <c>__context__</c> unless that is suppressed.
    /// </remarks>
    public PythonObject Value { get; }

    /// <summary>Message, Python traceback, the .NET exception that came through Python if one did, and .NET stack trace.</summary>
    public override string ToString()
    {
        // The Python exceptions that led to this one are in its traceback.
        Exception? managed = InnerException;
        while (managed is PythonException)
        {
            managed = managed.InnerException;
        }

        string origin = managed is null ? "" : $" ---> {managed}\n   --- End of inner exception stack trace ---\n";
        return $"{GetType()}: {Message}\n{PythonTraceback}{origin}{StackTrace}";
    }
}
