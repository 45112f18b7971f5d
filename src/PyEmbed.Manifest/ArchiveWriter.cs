using System.Security.Cryptography;

namespace PyEmbed.Manifest;

/// <summary>
/// Writes an archive (docs/formats.md, section 1): a zip whose last entry is the index. One pass, one file in memory at a time;
/// equal entries give equal bytes everywhere, deflated ones on one version of .NET.
/// </summary>
internal sealed class ArchiveWriter
{
    private const ushort Version = 20;
    private const ushort MadeByUnix = (3 << 8) | Version;
    private const ushort Utf8Flag = 1 << 11;
    private const ushort Time = 0;
    private const ushort Date = (1 << 5) | 1; // 1980-01-01
    private const uint RegularFile0644 = 0x81A4u << 16;
    private const int LocalHeaderLength = 30;
    private const int CentralHeaderLength = 46;
    private const int Zip64RecordsLength = 56 + 20;
    private const int Stored = 0;
    private const int Deflated = 8;

    private readonly Stream stream;
    private readonly ByteBuffer header = new();
    private readonly ByteBuffer directory = new();
    private readonly string distribution;
    private readonly long maximumLength;
    private long position;
    private long count;

    private ArchiveWriter(Stream stream, string distribution, long maximumLength)
    {
        this.stream = stream;
        this.distribution = distribution;
        this.maximumLength = maximumLength;
    }

    /// <summary>Writes the archive and gives the hash of the tree, 64 hex digits.</summary>
    /// <param name="stream">Written to from its current position on, which counts as the archive's first byte.</param>
    /// <param name="info">What the archive says about itself.</param>
    /// <param name="entries">The files, in any order.</param>
    /// <param name="deflate">Whether entries are deflated where that pays.</param>
    /// <param name="maximumLength">The length that the archive must not exceed.</param>
    /// <exception cref="ArchiveTooLargeException">The tree does not fit; what was written is to be thrown away.</exception>
    /// <exception cref="ArgumentException">A path is there twice or breaks the rules for paths.</exception>
    public static string Write(Stream stream, TreeInfo info, IReadOnlyCollection<ArchiveEntry> entries, bool deflate = false, long maximumLength = ArchiveFormat.MaximumLength)
    {
        var archive = new ArchiveWriter(stream, info.Distribution, maximumLength);
        var index = new ArchiveIndexBuilder();
        using var treeHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var contentHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ArchiveEntry entry in entries.OrderBy(entry => entry.Path, Utf8Order.Instance))
        {
            if (ArchivePath.Problem(entry.Path) is string problem)
            {
                throw new ArgumentException($"'{entry.Path}' cannot be a path in the archive '{info.Distribution}': {problem}.", nameof(entries));
            }

            byte[] path = ArchiveFormat.Utf8.GetBytes(entry.Path);
            byte[] content = entry.Read();
            byte[]? deflated = deflate ? Deflater.Deflate(content) : null;
            int offset = archive.WriteFile(entry.Path, path, content, deflated);
            index.Add(entry.Path, offset, content.Length, deflated?.Length);
            treeHash.AppendData(path);
            treeHash.AppendData([0]);
            treeHash.AppendData(new ByteBuffer(8).UInt64((ulong)content.Length).ToArray());
            contentHash.AppendData(content);
            treeHash.AppendData(contentHash.GetHashAndReset());
        }

        string hash = Hex(treeHash.GetHashAndReset());
        archive.WriteFile(ArchiveFormat.IndexPath, ArchiveFormat.Utf8.GetBytes(ArchiveFormat.IndexPath), index.Build(info, hash), null);
        archive.WriteDirectory();
        return hash;
    }

    private static string Hex(byte[] bytes)
    {
        const string Digits = "0123456789abcdef";
        var text = new char[bytes.Length * 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = Digits[bytes[i] >> 4];
            text[(2 * i) + 1] = Digits[bytes[i] & 15];
        }

        return new string(text);
    }

    private int WriteFile(string name, byte[] path, byte[] content, byte[]? deflated)
    {
        byte[] data = deflated ?? content;
        // What is written now, and the directory with this entry, must fit.
        long dataOffset = position + LocalHeaderLength + path.Length;
        long length = dataOffset + data.Length + directory.Length + CentralHeaderLength + path.Length + ArchiveFormat.EndRecordLength + Zip64RecordsLength;
        if (length > maximumLength)
        {
            throw new ArchiveTooLargeException(distribution, name);
        }

        ushort flags = path.Length == name.Length ? (ushort)0 : Utf8Flag;
        int method = deflated is null ? Stored : Deflated;
        uint crc = Crc32.Compute(content);
        header.UInt32(ArchiveFormat.LocalHeaderSignature);
        AddCommonHeader(header, flags, method, crc, data.Length, content.Length, path.Length);
        header.Bytes(path).MoveTo(stream);
        stream.Write(data, 0, data.Length);

        directory.UInt32(ArchiveFormat.CentralHeaderSignature).UInt16(MadeByUnix);
        AddCommonHeader(directory, flags, method, crc, data.Length, content.Length, path.Length);
        directory
            .UInt16(0) // comment
            .UInt16(0) // disk
            .UInt16(0) // internal attributes
            .UInt32(RegularFile0644)
            .UInt32((uint)position)
            .Bytes(path);

        position = dataOffset + data.Length;
        count++;
        return (int)dataOffset;
    }

    private static void AddCommonHeader(ByteBuffer buffer, ushort flags, int method, uint crc, int storedLength, int length, int pathLength) => buffer
        .UInt16(Version)
        .UInt16(flags)
        .UInt16(method)
        .UInt16(Time)
        .UInt16(Date)
        .UInt32(crc)
        .UInt32((uint)storedLength)
        .UInt32((uint)length)
        .UInt16(pathLength)
        .UInt16(0); // extra field

    private void WriteDirectory()
    {
        uint directoryLength = (uint)directory.Length;
        directory.MoveTo(stream);
        if (count >= ushort.MaxValue)
        {
            AddZip64Count(directoryLength);
        }

        int count16 = (int)Math.Min(count, ushort.MaxValue);
        header
            .UInt32(ArchiveFormat.EndRecordSignature)
            .UInt16(0) // this disk
            .UInt16(0) // disk of the directory
            .UInt16(count16)
            .UInt16(count16)
            .UInt32(directoryLength)
            .UInt32((uint)position)
            .UInt16(0) // comment
            .MoveTo(stream);
    }

    // The end record counts entries in 16 bits; lengths and offsets always fit it, so only the count moves to the zip64 records.
    private void AddZip64Count(uint directoryLength)
    {
        const ulong RestOfRecord = 44;
        const ushort Zip64Version = 45;
        header
            .UInt32(ArchiveFormat.Zip64EndRecordSignature)
            .UInt64(RestOfRecord)
            .UInt16((3 << 8) | Zip64Version)
            .UInt16(Zip64Version)
            .UInt32(0) // this disk
            .UInt32(0) // disk of the directory
            .UInt64((ulong)count)
            .UInt64((ulong)count)
            .UInt64(directoryLength)
            .UInt64((ulong)position)
            .UInt32(ArchiveFormat.Zip64LocatorSignature)
            .UInt32(0) // disk of the record
            .UInt64((ulong)position + directoryLength)
            .UInt32(1); // disks
    }
}
