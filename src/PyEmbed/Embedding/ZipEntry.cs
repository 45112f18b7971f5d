namespace PyEmbed.Embedding;

/// <summary>What a zip file's central directory says of one entry.</summary>
/// <param name="Name">Its path.</param>
/// <param name="NameBytes">Its path as it is written.</param>
/// <param name="Flags">The general purpose bits.</param>
/// <param name="Method">How it is compressed.</param>
/// <param name="Crc">The CRC-32 of its content.</param>
/// <param name="StoredSize">The length of its data.</param>
/// <param name="Size">The length of its content.</param>
/// <param name="Offset">Where its local header begins, from the first byte of the file.</param>
internal sealed record ZipEntry(string Name, byte[] NameBytes, int Flags, int Method, uint Crc, long StoredSize, long Size, long Offset);
