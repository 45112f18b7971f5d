using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Embedding;

/// <summary>
/// Checks a zip file from its end to its first byte: that every entry of the central directory lies inside the file, is stored or deflated,
/// agrees with its local header and has the CRC-32 it claims. What passes can be mounted; what does not is refused whole.
/// </summary>
internal static class ArchiveVerifier
{
    private const int LocalHeaderLength = 30;
    private const int CentralHeaderLength = 46;

    // Of the record and its locator together.
    private const int Zip64RecordsLength = 76;
    private const int Zip64LocatorLength = 20;

    // What deflate reaches at best.
    private const long MaximumRatio = 1032;

    /// <summary>Checks an archive.</summary>
    /// <param name="stream">The whole archive, seekable.</param>
    /// <param name="origin">Names the archive in errors.</param>
    /// <exception cref="InvalidDataException">The archive is corrupt, or its index is of a newer format.</exception>
    public static void Verify(Stream stream, string origin)
    {
        try
        {
            (long indexEnd, long gap) = VerifyEntries(stream, origin);

            // The index, where there is one: version, CRC, and that every record lies inside. Without it the importer uses the central directory.
            if (HasIndex(stream, indexEnd))
            {
                if (gap != 0)
                {
                    throw new ArchiveFormatException(origin, $"{gap} bytes lie before it, and its index counts from its own beginning: give the archive alone");
                }

                ArchiveReader reader = ArchiveReader.Open(stream, origin);
                foreach (string folder in reader.Folders)
                {
                    _ = reader.ReadFolder(folder);
                }
            }
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

    private static (long DirectoryStart, long Gap) VerifyEntries(Stream stream, string origin)
    {
        (long directory, long directoryEnd, int count, long gap) = FindDirectory(stream, origin);
        stream.Position = directory;
        byte[] headers = ArchiveIndexLocator.ReadExactly(stream, (int)(directoryEnd - directory), origin);
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            if (position + CentralHeaderLength > headers.Length || U32(headers, position) != ArchiveFormat.CentralHeaderSignature)
            {
                throw new ArchiveFormatException(origin, $"its central directory breaks off after {i} of {count} entries");
            }

            int nameLength = U16(headers, position + 28);
            int length = CentralHeaderLength + nameLength + U16(headers, position + 30) + U16(headers, position + 32);
            if (position + length > headers.Length)
            {
                throw new ArchiveFormatException(origin, $"its central directory breaks off after {i} of {count} entries");
            }

            VerifyEntry(stream, headers.AsSpan(position, length), nameLength, directory, gap, origin);
            position += length;
        }

        return (directory, gap);
    }

    private static void VerifyEntry(Stream stream, ReadOnlySpan<byte> header, int nameLength, long directory, long gap, string origin)
    {
        ReadOnlySpan<byte> nameBytes = header.Slice(CentralHeaderLength, nameLength);
        string name = Encoding.UTF8.GetString(nameBytes);
        int flags = U16(header, 8), method = U16(header, 10);
        uint crc = U32(header, 16);
        long storedSize = U32(header, 20), size = U32(header, 24), offset = gap + U32(header, 42);
        if ((flags & 1) != 0 || method is not (0 or 8))
        {
            throw new ArchiveFormatException(origin, $"'{name}' is {((flags & 1) != 0 ? "encrypted" : $"compressed by method {method}")}; only stored and deflated entries can be read");
        }

        if (offset + LocalHeaderLength > directory)
        {
            throw new ArchiveFormatException(origin, $"'{name}' lies outside it");
        }

        stream.Position = offset;
        byte[] local = ArchiveIndexLocator.ReadExactly(stream, LocalHeaderLength, origin);
        int localNameLength = U16(local, 26);
        long data = offset + LocalHeaderLength + localNameLength + U16(local, 28);
        if (U32(local, 0) != ArchiveFormat.LocalHeaderSignature || localNameLength != nameLength || U16(local, 8) != method
            || !ArchiveIndexLocator.ReadExactly(stream, nameLength, origin).AsSpan().SequenceEqual(nameBytes))
        {
            throw new ArchiveFormatException(origin, $"the local header of '{name}' does not match the central directory");
        }

        if (data + storedSize > directory)
        {
            throw new ArchiveFormatException(origin, $"'{name}' lies outside it");
        }

        stream.Position = data;
        VerifyContent(stream, method, storedSize, size, crc, name, origin);
    }

    private static void VerifyContent(Stream stream, int method, long storedSize, long size, uint crc, string name, string origin)
    {
        byte[] content = ArchiveIndexLocator.ReadExactly(stream, (int)storedSize, origin);
        if (method == 8)
        {
            // Checked first, so that a hostile size cannot make the inflated copy larger than the archive allows.
            content = size <= storedSize * MaximumRatio
                ? Inflate(content, (int)size)
                : throw new ArchiveFormatException(origin, $"'{name}' claims a size that deflate cannot reach");
        }

        if (content.Length != size || Crc32.Compute(content) != crc)
        {
            throw new ArchiveFormatException(origin, $"'{name}' is corrupt ({(content.Length != size ? "its size" : "CRC-32")} differs)");
        }

        byte[] Inflate(byte[] stored, int length)
        {
            try
            {
                using DeflateStream inflater = new(new MemoryStream(stored), CompressionMode.Decompress);
                byte[] plain = new byte[length];
                int read = inflater.ReadAtLeast(plain, length, throwOnEndOfStream: false);
                return read == length && inflater.ReadByte() < 0
                    ? plain
                    : throw new ArchiveFormatException(origin, $"'{name}' is corrupt (its size differs)");
            }
            catch (InvalidDataException)
            {
                throw new ArchiveFormatException(origin, $"the compressed data of '{name}' is corrupt");
            }
        }
    }

    // The gap is what lies before the archive, such as the first line of a zipapp or a program that unpacks it: offsets in the archive count from its end.
    private static (long Start, long End, int Count, long Gap) FindDirectory(Stream stream, string origin)
    {
        long length = stream.Length;
        if (length > ArchiveFormat.MaximumLength)
        {
            throw new ArchiveFormatException(origin, "it is larger than 2 GiB");
        }

        // The end record has a comment of up to 64 KB behind it.
        int tail = (int)Math.Min(length, ArchiveFormat.EndRecordLength + ushort.MaxValue);
        stream.Position = length - tail;
        byte[] bytes = ArchiveIndexLocator.ReadExactly(stream, tail, origin);
        for (int i = tail - ArchiveFormat.EndRecordLength; i >= 0; i--)
        {
            if (U32(bytes, i) == ArchiveFormat.EndRecordSignature && i + ArchiveFormat.EndRecordLength + U16(bytes, i + 20) == tail)
            {
                int count = U16(bytes, i + 10);
                long size = U32(bytes, i + 12), start = U32(bytes, i + 16);
                long end = length - tail + i - (i >= Zip64RecordsLength && U32(bytes, i - Zip64LocatorLength) == ArchiveFormat.Zip64LocatorSignature ? Zip64RecordsLength : 0);
                long gap = end - size - start;
                if (gap < 0)
                {
                    throw new ArchiveFormatException(origin, "its central directory lies outside it");
                }

                return (end - size, end, count == ushort.MaxValue ? CountHeaders(stream, end - size, size, origin) : count, gap);
            }
        }

        throw new ArchiveFormatException(origin, "it is no zip file, or its end is missing");
    }

    // With 65,535 entries or more the true count is in zip64 records; walking the headers gives it as well.
    private static int CountHeaders(Stream stream, long start, long size, string origin)
    {
        stream.Position = start;
        byte[] headers = ArchiveIndexLocator.ReadExactly(stream, (int)size, origin);
        int count = 0;
        for (int i = 0; i + CentralHeaderLength <= headers.Length && U32(headers, i) == ArchiveFormat.CentralHeaderSignature; count++)
        {
            i += CentralHeaderLength + U16(headers, i + 28) + U16(headers, i + 30) + U16(headers, i + 32);
        }

        return count;
    }

    private static int U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
