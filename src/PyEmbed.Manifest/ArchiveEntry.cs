namespace PyEmbed.Manifest;

/// <summary>One file of an archive to be written.</summary>
/// <param name="path">Path relative to the module root, with <c>/</c> between its segments.</param>
/// <param name="read">Gives the content. Called once, when the entry's turn comes, so that a tree is never in memory as a whole.</param>
internal sealed class ArchiveEntry(string path, Func<byte[]> read)
{
    public string Path { get; } = path;

    public byte[] Read() => read();
}
