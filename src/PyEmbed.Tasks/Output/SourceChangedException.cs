namespace PyEmbed.Tasks.Output;

/// <summary>A file vanished, became unreadable, or changed between its check and its packing.</summary>
/// <param name="path">The file.</param>
/// <param name="message">What happened.</param>
internal sealed class SourceChangedException(string path, string message) : Exception(message)
{
    public string Path { get; } = path;
}
