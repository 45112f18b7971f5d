using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>The interpreter that a build wants to use, before it was started.</summary>
/// <param name="Executable">Its path; null where none was found.</param>
/// <param name="Required">Whether the project names it, so that a build without it fails.</param>
/// <param name="Wanted">What was looked for, as messages name it.</param>
internal sealed record InterpreterCandidate(string? Executable, bool Required, string Wanted)
{
    /// <summary>What changes when another interpreter is found, or the same one is replaced.</summary>
    public string Identity
    {
        get
        {
            if (Executable is null)
            {
                return "";
            }

            // python3 is often a link, as in every virtual environment.
            FileInfo file = FileLinks.Content(new FileInfo(Executable));
            return file.Exists ? $"{Executable}|{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}" : Executable;
        }
    }
}
