using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Output;

/// <summary>Reads bytecode from the spool files and older archives where it lies.</summary>
internal sealed class BytecodeReader : IDisposable
{
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);

    public byte[] Read(BytecodeLocation location)
    {
        if (!_files.TryGetValue(location.File, out FileStream? stream))
        {
            stream = new FileStream(location.File, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            _files.Add(location.File, stream);
        }

        stream.Position = location.Offset;
        return ArchiveIndexLocator.ReadExactly(stream, location.Length, location.File);
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
