namespace PyEmbed.Tasks;

/// <summary>One archive that a build made.</summary>
/// <param name="Distribution">Its name.</param>
/// <param name="Path">The file.</param>
internal sealed record ArchiveOutput(string Distribution, string Path);
