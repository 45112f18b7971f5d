using System.IO.Compression;

namespace PyEmbed.Manifest;

/// <summary>
/// Reads an archive through its index (docs/formats.md, section 1). The index is read and checked whole when the archive is
/// opened; a folder's table when it is asked for. The stream stays the caller's and must stay open; not for several threads at once.
/// </summary>
internal sealed class ArchiveReader
{
    // What deflate reaches at best; a larger claim would only make a reader allocate.
    private const long MaximumRatio = 1032;

    private readonly Stream stream;
    private readonly string origin;
    private readonly Dictionary<string, byte[]> folders;

    private ArchiveReader(Stream stream, string origin, TreeInfo info, string hash, Dictionary<string, ArchiveRecord>? bundle, Dictionary<string, byte[]> folders)
    {
        this.stream = stream;
        this.origin = origin;
        this.folders = folders;
        Info = info;
        Hash = hash;
        Bundle = bundle;
    }

    public TreeInfo Info { get; }

    /// <summary>The tree's hash, 64 hex digits.</summary>
    public string Hash { get; }

    /// <summary>Of a bundle the files that are not of its tree, by their paths below <c>.pyembed/</c>; else null.</summary>
    public IReadOnlyDictionary<string, ArchiveRecord>? Bundle { get; }

    /// <summary>The version of the format that the archive is written in.</summary>
    public int FormatVersion { get; private init; }

    /// <summary>Every folder's path, the root as the empty string.</summary>
    public IReadOnlyCollection<string> Folders => folders.Keys;

    /// <summary>Opens the archive that is the whole of a stream.</summary>
    /// <param name="stream">Seekable.</param>
    /// <param name="origin">Names the archive in errors.</param>
    /// <exception cref="ArchiveFormatException">The archive is corrupt, has no index, or is of a newer format.</exception>
    public static ArchiveReader Open(Stream stream, string origin)
    {
        (byte[] body, int version) = ArchiveIndexLocator.ReadBody(stream, origin);
        try
        {
            var reader = new MarshalReader(body);
            if (reader.BeginTuple() != 2)
            {
                throw new FormatException("it is not a pair");
            }

            (TreeInfo info, string hash, Dictionary<string, ArchiveRecord>? bundle) = ReadInfo(reader, stream.Length);
            var folders = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            reader.BeginDict();
            while (!reader.TryEndDict())
            {
                folders[reader.ReadString()] = reader.ReadBytes();
            }

            if (!reader.AtEnd || !folders.ContainsKey(""))
            {
                throw new FormatException("it has no root folder or data after its end");
            }

            return new ArchiveReader(stream, origin, info, hash, bundle, folders) { FormatVersion = version };
        }
        catch (FormatException e)
        {
            throw new ArchiveFormatException(origin, $"its index is not well-formed ({e.Message})");
        }
    }

    /// <summary>The names in a folder, in the archive's order.</summary>
    /// <exception cref="KeyNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArchiveFormatException">The folder's table is corrupt or points outside the archive.</exception>
    public IReadOnlyList<ArchiveRecord> ReadFolder(string folder)
    {
        if (!folders.TryGetValue(folder, out byte[]? table))
        {
            throw new KeyNotFoundException($"The archive '{origin}' has no folder '{folder}'.");
        }

        var records = new List<ArchiveRecord>();
        try
        {
            var reader = new MarshalReader(table);
            reader.BeginDict();
            while (!reader.TryEndDict())
            {
                string name = reader.ReadString();
                if (name.Length == 0)
                {
                    reader.ReadInt();
                }
                else
                {
                    records.Add(ReadRecord(reader, name, stream.Length));
                }
            }
        }
        catch (FormatException e)
        {
            throw new ArchiveFormatException(origin, $"the index of its folder '{folder}' is not well-formed ({e.Message})");
        }

        return records;
    }

    /// <summary>Finds a file by its path; false where there is none.</summary>
    public bool TryFind(string path, out ArchiveRecord record)
    {
        int slash = path.LastIndexOf('/');
        string folder = slash < 0 ? "" : path.Substring(0, slash);
        string name = path.Substring(slash + 1);
        if (folders.ContainsKey(folder))
        {
            foreach (ArchiveRecord candidate in ReadFolder(folder))
            {
                if (candidate.Kind != ArchiveRecordKind.Folder && candidate.Name == name)
                {
                    record = candidate;
                    return true;
                }
            }
        }

        record = default;
        return false;
    }

    /// <summary>The content of a file.</summary>
    /// <exception cref="ArchiveFormatException">Deflated data is corrupt or not of the size that the index gives.</exception>
    public byte[] Read(ArchiveRecord record)
    {
        stream.Position = record.Offset;
        byte[] stored = ArchiveIndexLocator.ReadExactly(stream, record.StoredSize, origin);
        return record.Kind == ArchiveRecordKind.Deflated ? Inflate(stored, record) : stored;
    }

    private static (TreeInfo Info, string Hash, Dictionary<string, ArchiveRecord>? Bundle) ReadInfo(MarshalReader reader, long length)
    {
        reader.BeginDict();
        string distribution = ReadPair(reader, "distribution");
        string hash = ReadPair(reader, "hash");
        string placementName = ReadPair(reader, "placement");
        string materializeName = ReadPair(reader, "materialize");
        Dictionary<string, FileUse>? fileUsers = null;
        int optimize = 0;
        List<string>? stripped = null;
        Dictionary<string, ArchiveRecord>? bundle = null;
        while (!reader.TryEndDict())
        {
            switch (reader.ReadString())
            {
                case "file_users":
                    fileUsers = ReadFileUsers(reader);
                    break;
                case "optimize":
                    optimize = reader.ReadInt();
                    break;
                case "stripped":
                    stripped = Enumerable.Range(0, reader.BeginTuple()).Select(_ => reader.ReadString()).ToList();
                    break;
                case "bundle":
                    bundle = ReadBundle(reader, length);
                    break;
                default:
                    throw new FormatException("its description has unknown keys");
            }
        }

        if (!ArchiveFormat.TryParse(placementName, out TreePlacement placement)
            || !ArchiveFormat.TryParse(materializeName, out MaterializeMode materialize))
        {
            throw new FormatException("its description has unknown values");
        }

        return (new TreeInfo(distribution, placement, materialize, fileUsers) { Optimize = optimize, Stripped = stripped }, hash, bundle);
    }

    private static Dictionary<string, ArchiveRecord> ReadBundle(MarshalReader reader, long length)
    {
        var files = new Dictionary<string, ArchiveRecord>(StringComparer.Ordinal);
        reader.BeginDict();
        while (!reader.TryEndDict())
        {
            string path = reader.ReadString();
            files[path] = ReadRecord(reader, path, length);
        }

        return files;
    }

    private static Dictionary<string, FileUse> ReadFileUsers(MarshalReader reader)
    {
        var users = new Dictionary<string, FileUse>(StringComparer.Ordinal);
        reader.BeginDict();
        while (!reader.TryEndDict())
        {
            users[reader.ReadString()] = (FileUse)reader.ReadInt();
        }

        return users;
    }

    private static string ReadPair(MarshalReader reader, string key)
    {
        ReadKey(reader, key);
        return reader.ReadString();
    }

    private static void ReadKey(MarshalReader reader, string key)
    {
        if (reader.ReadString() != key)
        {
            throw new FormatException($"its description lacks '{key}'");
        }
    }

    private static ArchiveRecord ReadRecord(MarshalReader reader, string name, long length)
    {
        if (reader.TryReadNone())
        {
            return new ArchiveRecord(name, ArchiveRecordKind.Folder, 0, 0, 0);
        }

        int fields = reader.BeginTuple();
        int method = fields >= 3 ? reader.ReadInt() : -1;
        if ((method, fields) is not ((0, 3) or (1, 4)))
        {
            throw new FormatException($"'{name}' has a record of an unknown kind");
        }

        int offset = reader.ReadInt();
        int storedSize = reader.ReadInt();
        int size = method == 0 ? storedSize : reader.ReadInt();
        if (size > storedSize * MaximumRatio)
        {
            throw new FormatException($"'{name}' claims a size that deflate cannot reach");
        }

        if (offset < 0 || storedSize < 0 || size < 0 || (long)offset + storedSize > length)
        {
            throw new FormatException($"'{name}' lies outside the archive");
        }

        return new ArchiveRecord(name, method == 0 ? ArchiveRecordKind.Stored : ArchiveRecordKind.Deflated, offset, storedSize, size);
    }

    private byte[] Inflate(byte[] stored, ArchiveRecord record)
    {
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(stored), CompressionMode.Decompress);
            byte[] content = ArchiveIndexLocator.ReadExactly(inflater, record.Size, origin);
            if (inflater.ReadByte() >= 0)
            {
                throw new InvalidDataException();
            }

            return content;
        }
        catch (InvalidDataException)
        {
            throw new ArchiveFormatException(origin, $"the compressed data of '{record.Name}' is corrupt");
        }
    }
}
