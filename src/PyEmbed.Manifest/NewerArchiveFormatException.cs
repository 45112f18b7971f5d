namespace PyEmbed.Manifest;

/// <summary>An archive is written in a format that came after this code.</summary>
/// <param name="origin">Where the archive comes from, as the message names it.</param>
/// <param name="version">The archive's format version.</param>
internal sealed class NewerArchiveFormatException(string origin, int version) : ArchiveFormatException(
    origin, $"it has format version {version} and this PyEmbed reads versions up to {ArchiveFormat.Version}; use a newer PyEmbed")
{
    /// <summary>The archive's format version.</summary>
    public int Version { get; } = version;
}
