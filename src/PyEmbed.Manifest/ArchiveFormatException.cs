namespace PyEmbed.Manifest;

/// <summary>An archive is corrupt, not one of PyEmbed's, or written in a newer format. Nothing of it may be used.</summary>
/// <param name="origin">Where the archive comes from, as the message names it.</param>
/// <param name="problem">What is wrong, as the second half of a sentence.</param>
internal class ArchiveFormatException(string origin, string problem)
    : Exception($"The archive '{origin}' cannot be read: {problem}.")
{
    /// <summary>What is wrong, as the second half of a sentence.</summary>
    public string Problem { get; } = problem;
}
