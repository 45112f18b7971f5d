namespace PyEmbed;

/// <summary>
/// No CPython that PyEmbed can use was found: none at all, or only ones that are too old, free-threaded, debug builds,
/// built for another architecture, or without a shared library. The message lists every place and what was wrong with it,
/// and says what to install.
/// </summary>
public sealed class PythonRuntimeNotFoundException : Exception
{
    /// <summary>Creates the exception without a list of places.</summary>
    public PythonRuntimeNotFoundException()
        : this("No usable CPython was found.") { }

    /// <summary>Creates the exception with a message of its own.</summary>
    /// <param name="message">What is wrong, and the remedy.</param>
    public PythonRuntimeNotFoundException(string message)
        : base(message) => Searched = [];

    /// <summary>Creates the exception with a message of its own and the error behind it.</summary>
    /// <param name="message">What is wrong, and the remedy.</param>
    /// <param name="innerException">The error behind it.</param>
    public PythonRuntimeNotFoundException(string message, Exception? innerException)
        : base(message, innerException) => Searched = [];

    internal PythonRuntimeNotFoundException(string message, IReadOnlyList<string> searched)
        : base(message) => Searched = searched;

    /// <summary>Where discovery looked, in order, each with what it found there.</summary>
    public IReadOnlyList<string> Searched { get; }
}
