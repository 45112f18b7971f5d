using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Output;

/// <summary>Reads bytecode from the files where it lies.</summary>
internal sealed class BytecodeReader : IDisposable
{
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);

    /// <exception cref="CompileCacheException">The file is gone or damaged.</exception>
    public byte[] Read(BytecodeLocation location)
    {
        try
        {
            if (!_files.TryGetValue(location.File, out FileStream? stream))
            {
                stream = new FileStream(location.File, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                _files.Add(location.File, stream);
            }

            stream.Position = location.Offset;
            byte[] bytes = ArchiveIndexLocator.ReadExactly(stream, location.Length, location.File);
            return Crc32.Compute(bytes) == location.Crc ? bytes : throw new CompileCacheException($"'{location.File}' is damaged.");
        }
        catch (Exception e) when (e is ArchiveFormatException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CompileCacheException(e.Message);
        }
    }

    public void Dispose()
    {
        foreach (FileStream stream in _files.Values)
        {
            stream.Dispose();
        }

        _files.Clear();
    }
}
