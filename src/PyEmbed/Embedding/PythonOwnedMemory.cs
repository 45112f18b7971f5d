using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// An archive that was built or read at run time, or is embedded in what may be unloaded. At the first view it becomes a Python <c>bytes</c> object, so that Python's own
/// reference counts keep it as long as the tree or any slice of a view lives.
/// </summary>
internal sealed unsafe class PythonOwnedMemory : TreeMemory
{
    // Both guarded by the GIL.
    private byte[]? archive;
    private nint bytes;

    /// <param name="archive">The archive, which nobody else changes.</param>
    /// <param name="source">What <see cref="Source"/> is.</param>
    public PythonOwnedMemory(byte[] archive, string? source = null)
    {
        this.archive = archive;
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

    public override nint CreateView()
    {
        if (bytes == 0)
        {
            fixed (byte* data = archive)
            {
                bytes = PyRef.Checked(CPython.PyBytes_FromStringAndSize(data, archive!.Length));
            }

            archive = null;
        }

        nint view = PyRef.Checked(CPython.PyMemoryView_FromObject(bytes));
        GC.KeepAlive(this);
        return view;
    }
}
