using System.Buffers.Binary;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Embedding;

/// <summary>The central directory of a zip file: what the file says about its entries, none of which is looked at.</summary>
internal static class ZipDirectory
{
    private const int CentralHeaderLength = 46;

    // Of the record and its locator together.
    private const int Zip64RecordsLength = 76;
    private const int Zip64LocatorLength = 20;

    /// <summary>Reads the directory.</summary>
    /// <param name="stream">The whole archive, seekable.</param>
    /// <param name="origin">Names the archive in errors.</param>
    /// <returns>The entries in the directory's order, where the directory begins, and how much lies before the archive.</returns>
    /// <exception cref="ArchiveFormatException">There is no directory, or it is damaged.</exception>
    public static (IReadOnlyList<ZipEntry> Entries, long Start, long Gap) Read(Stream stream, string origin)
    {
        (long directory, long directoryEnd, int count, long gap) = FindDirectory(stream, origin);
        stream.Position = directory;
        byte[] headers = ArchiveIndexLocator.ReadExactly(stream, (int)(directoryEnd - directory), origin);
        List<ZipEntry> entries = [];
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

            ReadOnlySpan<byte> header = headers.AsSpan(position, length);
            byte[] name = header.Slice(CentralHeaderLength, nameLength).ToArray();
            entries.Add(new ZipEntry(
                Encoding.UTF8.GetString(name), name, U16(header, 8), U16(header, 10), U32(header, 16), U32(header, 20), U32(header, 24), gap + U32(header, 42)));
            position += length;
        }

        return (entries, directory, gap);
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
