namespace PyEmbed.Manifest;

/// <summary>Collects where the files of an archive lie and gives the data of its index entry.</summary>
internal sealed class ArchiveIndexBuilder
{
    // Folder path to its table; a null value is a sub-folder.
    private readonly SortedDictionary<string, SortedDictionary<string, Location?>> folders = new(Utf8Order.Instance)
    {
        [""] = new(Utf8Order.Instance),
    };

    /// <summary>Adds a file; <paramref name="deflatedSize"/> is null for a stored one. Throws <see cref="ArgumentException"/> where the path is taken by another file or by a folder.</summary>
    public void Add(string path, int offset, int size, int? deflatedSize = null)
    {
        int slash = path.LastIndexOf('/');
        SortedDictionary<string, Location?> table = Folder(slash < 0 ? "" : path.Substring(0, slash));
        string name = path.Substring(slash + 1);
        if (table.ContainsKey(name))
        {
            throw new ArgumentException($"'{path}' is there twice, as two files or as a file and a folder.");
        }

        table.Add(name, new Location(offset, size, deflatedSize));
    }

    public byte[] Build(TreeInfo info, string hash)
    {
        var body = new MarshalWriter();
        body.BeginTuple(2);
        WriteInfo(body, info, hash);
        body.BeginDict();
        foreach (KeyValuePair<string, SortedDictionary<string, Location?>> folder in folders)
        {
            body.WriteString(folder.Key);
            body.WriteBytes(BuildTable(folder.Key, folder.Value, info));
        }

        body.EndDict();
        return AppendTrailer(body.ToArray());
    }

    private static byte[] AppendTrailer(byte[] body) => new ByteBuffer(body.Length + ArchiveFormat.TrailerLength)
        .Bytes(body)
        .UInt32((uint)body.Length)
        .UInt32(Crc32.Compute(body))
        .UInt16(ArchiveFormat.Version)
        .UInt16(0)
        .Bytes(ArchiveFormat.Magic)
        .ToArray();

    private static void WriteInfo(MarshalWriter body, TreeInfo info, string hash)
    {
        body.BeginDict();
        WritePair(body, "distribution", info.Distribution);
        WritePair(body, "hash", hash);
        WritePair(body, "placement", ArchiveFormat.NameOf(info.Placement));
        WritePair(body, "materialize", ArchiveFormat.NameOf(info.Materialize));
        if (info.FileUsers is not null)
        {
            body.WriteString("file_users");
            body.BeginDict();
            foreach (KeyValuePair<string, FileUse> user in info.FileUsers.OrderBy(user => user.Key, Utf8Order.Instance))
            {
                body.WriteString(user.Key);
                body.WriteInt((int)user.Value);
            }

            body.EndDict();
        }

        if (info.Optimize != 0)
        {
            body.WriteString("optimize");
            body.WriteInt(info.Optimize);
        }

        if (info.Stripped is not null)
        {
            body.WriteString("stripped");
            body.BeginTuple(info.Stripped.Count);
            foreach (string tag in info.Stripped)
            {
                body.WriteString(tag);
            }
        }

        body.EndDict();
    }

    private static void WritePair(MarshalWriter body, string key, string value)
    {
        body.WriteString(key);
        body.WriteString(value);
    }

    private byte[] BuildTable(string folder, SortedDictionary<string, Location?> table, TreeInfo info)
    {
        var data = new MarshalWriter();
        data.BeginDict();
        data.WriteString("");
        data.WriteInt(Flags(folder, table) | (IsStripped(folder, table, info) ? ArchiveFormat.FolderIsStripped : 0));
        foreach (KeyValuePair<string, Location?> item in table)
        {
            data.WriteString(item.Key);
            if (item.Value is Location file)
            {
                data.BeginTuple(file.DeflatedSize is null ? 3 : 4);
                data.WriteInt(file.DeflatedSize is null ? 0 : 1);
                data.WriteInt(file.Offset);
                if (file.DeflatedSize is int deflatedSize)
                {
                    data.WriteInt(deflatedSize);
                }

                data.WriteInt(file.Size);
            }
            else
            {
                data.WriteNone();
            }
        }

        data.EndDict();
        return data.ToArray();
    }

    private static int Flags(string folder, SortedDictionary<string, Location?> table)
    {
        bool isCache = folder == "__pycache__" || folder.EndsWith("/__pycache__", StringComparison.Ordinal);
        int flags = 0;
        foreach (KeyValuePair<string, Location?> item in table)
        {
            if (item.Value is null)
            {
                continue;
            }

            if (item.Key.EndsWith(".so", StringComparison.Ordinal) || item.Key.EndsWith(".pyd", StringComparison.Ordinal))
            {
                flags |= ArchiveFormat.FolderHasExtensionModules;
            }
            else if (!isCache && item.Key.EndsWith(".pyc", StringComparison.Ordinal))
            {
                flags |= ArchiveFormat.FolderHasLooseBytecode;
            }
            else if (item.Key.EndsWith(".pth", StringComparison.Ordinal))
            {
                flags |= ArchiveFormat.FolderHasPathFiles;
            }
        }

        return flags;
    }

    /// <summary>Whether bytecode in the folder's cache has no source in the folder.</summary>
    private bool IsStripped(string folder, SortedDictionary<string, Location?> table, TreeInfo info)
    {
        if (info.Stripped is null || !folders.TryGetValue(folder.Length == 0 ? "__pycache__" : folder + "/__pycache__", out SortedDictionary<string, Location?>? cache))
        {
            return false;
        }

        List<string> suffixes = info.Stripped.Select(tag => BytecodePath.Suffix(tag, info.Optimize)).ToList();
        return cache.Any(item => item.Value is not null
            && suffixes.Find(suffix => item.Key.EndsWith(suffix, StringComparison.Ordinal)) is string found
            && !table.ContainsKey($"{item.Key.Substring(0, item.Key.Length - found.Length)}.py"));
    }

    private SortedDictionary<string, Location?> Folder(string path)
    {
        if (folders.TryGetValue(path, out SortedDictionary<string, Location?>? table))
        {
            return table;
        }

        int slash = path.LastIndexOf('/');
        SortedDictionary<string, Location?> parent = Folder(slash < 0 ? "" : path.Substring(0, slash));
        string name = path.Substring(slash + 1);
        if (parent.ContainsKey(name))
        {
            throw new ArgumentException($"'{path}' is there as a file and as a folder.");
        }

        parent.Add(name, null);
        table = new SortedDictionary<string, Location?>(Utf8Order.Instance);
        folders.Add(path, table);
        return table;
    }

    private sealed record Location(int Offset, int Size, int? DeflatedSize);
}
