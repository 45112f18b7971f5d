namespace PyEmbed.Manifest;

/// <summary>A tree does not fit an archive.</summary>
/// <param name="distribution">The archive's name.</param>
/// <param name="path">The entry that no longer fits.</param>
internal sealed class ArchiveTooLargeException(string distribution, string path)
    : Exception($"The tree '{distribution}' is larger than the 2 GiB that an archive can hold; '{path}' no longer fits.");
