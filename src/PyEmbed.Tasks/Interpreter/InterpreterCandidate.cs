namespace PyEmbed.Tasks.Interpreter;

/// <summary>An interpreter that a build wants to use, before it was started.</summary>
/// <param name="Executable">Its path; null where none was found.</param>
/// <param name="Required">Whether the project names it, so that a build without it fails.</param>
/// <param name="Wanted">What was looked for, as messages name it.</param>
internal sealed record InterpreterCandidate(string? Executable, bool Required, string Wanted)
{
    /// <summary>What is tried where that one cannot be started.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>All of them, in the order of trying.</summary>
    public IEnumerable<string> Executables => Executable is null ? [] : [Executable, .. Others];
}
