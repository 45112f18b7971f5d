using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Output;

/// <summary>Finds the bytecode that an earlier build packed. An archive that is gone or no longer the one that was packed has none.</summary>
internal sealed class PackedBytecode : IDisposable
{
    private readonly string _path;
    private readonly FileStream? _stream;
    private readonly ArchiveReader? _archive;
    private readonly Dictionary<string, Dictionary<string, ArchiveRecord>> _folders = new(StringComparer.Ordinal);

    private PackedBytecode(string path, FileStream? stream, ArchiveReader? archive)
    {
        _path = path;
        _stream = stream;
        _archive = archive;
    }

    public static PackedBytecode Open(string path, string hash)
    {
        if (!File.Exists(path))
        {
            return new PackedBytecode(path, null, null);
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            ArchiveReader archive = ArchiveReader.Open(stream, path);
            return new PackedBytecode(path, stream, archive.Hash == hash ? archive : null);
        }
        catch (ArchiveFormatException)
        {
            return new PackedBytecode(path, stream, null);
        }
    }

    /// <summary>Where the bytecode of a source file lies, or null.</summary>
    public BytecodeLocation? Find(string sourcePath, string cacheTag)
    {
        int slash = sourcePath.LastIndexOf('/');
        string folder = sourcePath.Substring(0, slash + 1) + "__pycache__";
        string name = $"{sourcePath.Substring(slash + 1, sourcePath.Length - slash - 1 - ".py".Length)}.{cacheTag}.pyc";
        if (!_folders.TryGetValue(folder, out Dictionary<string, ArchiveRecord>? records))
        {
            records = _archive is not null && _archive.Folders.Contains(folder)
                ? _archive.ReadFolder(folder).ToDictionary(record => record.Name, StringComparer.Ordinal)
                : [];
            _folders.Add(folder, records);
        }

        return records.TryGetValue(name, out ArchiveRecord found) ? new BytecodeLocation(_path, found.Offset, found.Size) : null;
    }

    public void Dispose() => _stream?.Dispose();
}
