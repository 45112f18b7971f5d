using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// A file, mapped. Once a view was made the mapping stays for good (it takes address space, no memory that the system could not
/// drop), because there is no telling when Python has dropped the last slice of it. The file must not be changed in place; replacing it is fine.
/// </summary>
internal sealed unsafe class MappedMemory : TreeMemory, IDisposable
{
    private static readonly ConcurrentBag<MappedMemory> Viewed = [];

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor accessor;
    private readonly byte* start;
    private readonly long length;

    public MappedMemory(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Source = path;
        length = stream.Length;
        if (length == 0)
        {
            throw new InvalidDataException($"The archive '{path}' is empty.");
        }

        file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        accessor = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        start = pointer + accessor.PointerOffset;
    }

    public override string? Source { get; }

    public override ReadOnlySpan<byte> Bytes => new(start, checked((int)length));

    public Stream OpenStream() => new UnmanagedMemoryStream(start, length);

    public override nint CreateView()
    {
        Viewed.Add(this);
        return PyRef.Checked(CPython.PyMemoryView_FromMemory(start, (nint)length, CPython.PyBUF_READ));
    }

    /// <summary>Unmaps; only for an archive that was refused, which no view was made of.</summary>
    public void Dispose()
    {
        accessor.SafeMemoryMappedViewHandle.ReleasePointer();
        accessor.Dispose();
        file.Dispose();
    }
}
