using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// An archive that was built or read at run time, or is embedded in what may be unloaded. At the first view it becomes a Python <c>bytes</c> object, so that Python's own
/// reference counts keep it as long as the tree or any slice of a view lives.
/// </summary>
internal sealed unsafe class PythonOwnedMemory : TreeMemory
{
    // Changed under the GIL, once; the archive last, which others read without.
    private volatile byte[]? archive;
    private nint bytes;
    private byte* data;
    private readonly int length;

    /// <param name="archive">The archive, which nobody else changes.</param>
    /// <param name="source">What <see cref="Source"/> is.</param>
    public PythonOwnedMemory(byte[] archive, string? source = null)
    {
        this.archive = archive;
        length = archive.Length;
        Source = source;
    }

    ~PythonOwnedMemory()
    {
        if (bytes != 0)
        {
            PendingReleases.Enqueue(bytes);
        }
    }

    public override string? Source { get; }

    public override ReadOnlySpan<byte> Bytes => archive is { } own ? own : new ReadOnlySpan<byte>(data, length);

    public override nint CreateView()
    {
        if (bytes == 0)
        {
            fixed (byte* own = archive)
            {
                bytes = PyRef.Checked(CPython.PyBytes_FromStringAndSize(own, length));
            }

            byte* copy;
            nint size;
            if (CPython.PyBytes_AsStringAndSize(bytes, &copy, &size) != 0)
            {
                PythonErrors.ThrowPending();
            }

            data = copy;
            archive = null;
        }

        nint view = PyRef.Checked(CPython.PyMemoryView_FromObject(bytes));
        GC.KeepAlive(this);
        return view;
    }
}
