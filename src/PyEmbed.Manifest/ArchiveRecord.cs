namespace PyEmbed.Manifest;

/// <summary>One name in a folder of an archive.</summary>
/// <param name="Name">The name within the folder.</param>
/// <param name="Kind">What it is; a folder has no offset and no size.</param>
/// <param name="Offset">Where the data begins, from the archive's first byte.</param>
/// <param name="StoredSize">The data's length in the archive.</param>
/// <param name="Size">The content's length.</param>
internal readonly record struct ArchiveRecord(string Name, ArchiveRecordKind Kind, int Offset, int StoredSize, int Size);
