namespace PyEmbed.Manifest;

/// <summary>Finds the index of an archive from its last bytes and checks it before anything of it is used.</summary>
internal static class ArchiveIndexLocator
{
    /// <summary>The body of the index, its CRC checked, and the archive's format version.</summary>
    public static (byte[] Body, int Version) ReadBody(Stream stream, string origin)
    {
        long length = stream.Length;
        if (length > ArchiveFormat.MaximumLength)
        {
            throw new ArchiveFormatException(origin, "it is larger than 2 GiB");
        }

        if (length < ArchiveFormat.EndRecordLength)
        {
            throw new ArchiveFormatException(origin, "it is too short to be a zip file");
        }

        stream.Position = length - ArchiveFormat.EndRecordLength;
        using var end = new BinaryReader(new MemoryStream(ReadExactly(stream, ArchiveFormat.EndRecordLength, origin)));
        if (end.ReadUInt32() != ArchiveFormat.EndRecordSignature)
        {
            throw new ArchiveFormatException(origin, "it does not end as a zip file ends");
        }

        end.BaseStream.Position = 16;
        long indexEnd = end.ReadUInt32();
        if (indexEnd < ArchiveFormat.TrailerLength || indexEnd > length - ArchiveFormat.EndRecordLength)
        {
            throw new ArchiveFormatException(origin, "its central directory lies outside it");
        }

        return ReadBody(stream, indexEnd, origin);
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    public static byte[] ReadExactly(Stream stream, int count, string origin)
    {
        var data = new byte[count];
        int done = 0;
        while (done < count)
        {
            int read = stream.Read(data, done, count - done);
            if (read == 0)
            {
                throw new ArchiveFormatException(origin, "its data ends early");
            }

            done += read;
        }

        return data;
    }

    private static (byte[] Body, int Version) ReadBody(Stream stream, long indexEnd, string origin)
    {
        stream.Position = indexEnd - ArchiveFormat.TrailerLength;
        using var trailer = new BinaryReader(new MemoryStream(ReadExactly(stream, ArchiveFormat.TrailerLength, origin)));
        uint bodyLength = trailer.ReadUInt32();
        uint crc = trailer.ReadUInt32();
        int version = trailer.ReadUInt16();
        trailer.ReadUInt16();
        if (!trailer.ReadBytes(ArchiveFormat.Magic.Length).SequenceEqual(ArchiveFormat.Magic))
        {
            throw new ArchiveFormatException(origin, "it has no PyEmbed index");
        }

        if (version > ArchiveFormat.Version)
        {
            throw new NewerArchiveFormatException(origin, version);
        }

        long bodyOffset = indexEnd - ArchiveFormat.TrailerLength - bodyLength;
        if (bodyOffset < 0)
        {
            throw new ArchiveFormatException(origin, "its index reaches beyond its beginning");
        }

        stream.Position = bodyOffset;
        byte[] body = ReadExactly(stream, (int)bodyLength, origin);
        if (Crc32.Compute(body) != crc)
        {
            throw new ArchiveFormatException(origin, "its index is corrupt (CRC-32 differs)");
        }

        return (body, version);
    }
}
