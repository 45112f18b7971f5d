using System.Buffers.Binary;
using System.IO.Compression;
using PyEmbed.Manifest;

namespace PyEmbed.Embedding;

/// <summary>
/// Checks a zip file from its end to its first byte: that every entry of the central directory lies inside the file, is stored or deflated,
/// agrees with its local header and has the CRC-32 it claims. What passes can be mounted; what does not is refused whole.
/// </summary>
internal static class ArchiveVerifier
{
    private const int LocalHeaderLength = 30;

    // What deflate reaches at best.
    private const long MaximumRatio = 1032;

    /// <summary>Checks an archive.</summary>
    /// <param name="stream">The whole archive, seekable.</param>
    /// <param name="origin">Names the archive in errors.</param>
    /// <returns>The hash of a bundle; null for any other archive.</returns>
    /// <exception cref="InvalidDataException">The archive is corrupt, or its index is of a newer format.</exception>
    public static string? Verify(Stream stream, string origin)
    {
        try
        {
            (IReadOnlyList<ZipEntry> entries, long indexEnd, long gap) = ZipDirectory.Read(stream, origin);
            foreach (ZipEntry entry in entries)
            {
                _ = ReadEntry(stream, entry, indexEnd, origin);
            }

            // The index, where there is one: version, CRC, and that every record lies inside. Without it the importer uses the central directory.
            if (!HasIndex(stream, indexEnd))
            {
                return null;
            }

            if (gap != 0)
            {
                throw new ArchiveFormatException(origin, $"{gap} bytes lie before it, and its index counts from its own beginning: give the archive alone");
            }

            ArchiveReader reader = ArchiveReader.Open(stream, origin);
            foreach (string folder in reader.Folders)
            {
                _ = reader.ReadFolder(folder);
            }

            return reader.Bundle is null ? null : reader.Hash;
        }
        catch (ArchiveFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static bool HasIndex(Stream stream, long indexEnd)
    {
        if (indexEnd < ArchiveFormat.TrailerLength)
        {
            return false;
        }

        stream.Position = indexEnd - ArchiveFormat.Magic.Length;
        return ArchiveIndexLocator.ReadExactly(stream, ArchiveFormat.Magic.Length, "").AsSpan().SequenceEqual(ArchiveFormat.Magic);
    }

    /// <summary>Checks one entry.</summary>
    /// <param name="stream">The whole archive, seekable.</param>
    /// <param name="entry">What the directory says of it.</param>
    /// <param name="directory">Where the directory begins.</param>
    /// <param name="origin">Names the archive in errors.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="ArchiveFormatException">It is not as the directory says.</exception>
    public static byte[] ReadEntry(Stream stream, ZipEntry entry, long directory, string origin)
    {
        if ((entry.Flags & 1) != 0 || entry.Method is not (0 or 8))
        {
            throw new ArchiveFormatException(
                origin, $"'{entry.Name}' is {((entry.Flags & 1) != 0 ? "encrypted" : $"compressed by method {entry.Method}")}; only stored and deflated entries can be read");
        }

        if (entry.Offset + LocalHeaderLength > directory)
        {
            throw new ArchiveFormatException(origin, $"'{entry.Name}' lies outside it");
        }

        stream.Position = entry.Offset;
        byte[] local = ArchiveIndexLocator.ReadExactly(stream, LocalHeaderLength, origin);
        int localNameLength = U16(local, 26);
        long data = entry.Offset + LocalHeaderLength + localNameLength + U16(local, 28);
        if (U32(local, 0) != ArchiveFormat.LocalHeaderSignature || localNameLength != entry.NameBytes.Length || U16(local, 8) != entry.Method
            || !ArchiveIndexLocator.ReadExactly(stream, localNameLength, origin).AsSpan().SequenceEqual(entry.NameBytes))
        {
            throw new ArchiveFormatException(origin, $"the local header of '{entry.Name}' does not match the central directory");
        }

        if (data + entry.StoredSize > directory)
        {
            throw new ArchiveFormatException(origin, $"'{entry.Name}' lies outside it");
        }

        stream.Position = data;
        return ReadContent(stream, entry, origin);
    }

    private static byte[] ReadContent(Stream stream, ZipEntry entry, string origin)
    {
        byte[] content = ArchiveIndexLocator.ReadExactly(stream, (int)entry.StoredSize, origin);
        if (entry.Method == 8)
        {
            // Checked first, so that a hostile size cannot make the inflated copy larger than the archive allows.
            content = entry.Size <= entry.StoredSize * MaximumRatio
                ? Inflate(content, (int)entry.Size)
                : throw new ArchiveFormatException(origin, $"'{entry.Name}' claims a size that deflate cannot reach");
        }

        return content.Length == entry.Size && Crc32.Compute(content) == entry.Crc
            ? content
            : throw new ArchiveFormatException(origin, $"'{entry.Name}' is corrupt ({(content.Length != entry.Size ? "its size" : "CRC-32")} differs)");

        byte[] Inflate(byte[] stored, int length)
        {
            try
            {
                using DeflateStream inflater = new(new MemoryStream(stored), CompressionMode.Decompress);
                byte[] plain = new byte[length];
                int read = inflater.ReadAtLeast(plain, length, throwOnEndOfStream: false);
                return read == length && inflater.ReadByte() < 0
                    ? plain
                    : throw new ArchiveFormatException(origin, $"'{entry.Name}' is corrupt (its size differs)");
            }
            catch (InvalidDataException)
            {
                throw new ArchiveFormatException(origin, $"the compressed data of '{entry.Name}' is corrupt");
            }
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
