namespace PyEmbed.Manifest;

/// <summary>What a record of an archive's index stands for.</summary>
internal enum ArchiveRecordKind
{
    Folder,
    Stored,
    Deflated,
}
