namespace PyEmbed.Tasks.Trees;

/// <summary>
/// What building the trees found on disk, wherever it looked. Who finds the same again would build the same trees, and need not:
/// that takes one look at each file, and a few small methods, which count where a build has nothing to do.
/// </summary>
internal sealed class WalkRecord
{
    private const long IsFolder = -1;

    private readonly List<(string Path, List<FileSystemInfo> Entries)> _folders = [];
    private readonly List<FileInfo> _files = [];
    private readonly Dictionary<string, bool> _probes = new(FilePaths.Comparer);

    /// <summary>Records a folder that is listed; the caller adds its entries, all of them, in the order of the listing.</summary>
    public List<FileSystemInfo> AddFolder(string path)
    {
        var entries = new List<FileSystemInfo>();
        _folders.Add((path, entries));
        return entries;
    }

    /// <summary>Records a file that was not found by listing.</summary>
    public void AddFile(FileInfo file) => _files.Add(file);

    /// <summary>Whether there is such a file, now and for the rest of the walk.</summary>
    public bool FileExists(string path)
    {
        if (!_probes.TryGetValue(path, out bool exists))
        {
            exists = File.Exists(path);
            _probes.Add(path, exists);
        }

        return exists;
    }

    /// <summary>Writes the record, unless a link is in it: what lies behind a link changes without a trace in the link.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="IOException">A file that the trees do not have has vanished.</exception>
    public bool TryWrite(BinaryWriter writer)
    {
        if (_folders.Any(folder => folder.Entries.Any(FileLinks.IsLink)) || _files.Any(FileLinks.IsLink))
        {
            return false;
        }

        writer.Write(_folders.Count);
        foreach ((string path, List<FileSystemInfo> entries) in _folders)
        {
            writer.Write(path);
            writer.Write(entries.Count);
            foreach (FileSystemInfo entry in entries)
            {
                writer.Write(entry.Name);
                if (entry is FileInfo file)
                {
                    Write(writer, file);
                }
                else
                {
                    writer.Write(IsFolder);
                }
            }
        }

        writer.Write(_files.Count);
        foreach (FileInfo file in _files)
        {
            writer.Write(file.FullName);
            Write(writer, file);
        }

        writer.Write(_probes.Count);
        foreach (KeyValuePair<string, bool> probe in _probes)
        {
            writer.Write(probe.Key);
            writer.Write(probe.Value);
        }

        return true;
    }

    /// <summary>Whether a record holds for the disk as it is now.</summary>
    /// <exception cref="IOException">The record ends early, or something cannot be looked at.</exception>
    public static bool Holds(BinaryReader reader)
    {
        for (int folders = reader.ReadInt32(); folders > 0; folders--)
        {
            var folder = new DirectoryInfo(reader.ReadString());
            int left = reader.ReadInt32();
            if (!folder.Exists)
            {
                return false;
            }

            foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
            {
                if (left-- == 0 || reader.ReadString() != entry.Name || !IsAsRecorded(reader, entry as FileInfo))
                {
                    return false;
                }
            }

            if (left != 0)
            {
                return false;
            }
        }

        for (int files = reader.ReadInt32(); files > 0; files--)
        {
            var file = new FileInfo(reader.ReadString());
            if (!file.Exists || !IsAsRecorded(reader, file))
            {
                return false;
            }
        }

        for (int probes = reader.ReadInt32(); probes > 0; probes--)
        {
            if (File.Exists(reader.ReadString()) != reader.ReadBoolean())
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAsRecorded(BinaryReader reader, FileInfo? file)
    {
        long length = reader.ReadInt64();
        return file is null
            ? length == IsFolder
            : length == file.Length && reader.ReadInt64() == file.LastWriteTimeUtc.Ticks;
    }

    private static void Write(BinaryWriter writer, FileInfo file)
    {
        writer.Write(file.Length);
        writer.Write(file.LastWriteTimeUtc.Ticks);
    }
}
