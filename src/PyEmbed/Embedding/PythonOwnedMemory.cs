using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// An archive that was built or read at run time, or is embedded in what may be unloaded. At the first view it becomes a Python <c>bytes</c> object, so that Python's own
/// reference counts keep it as long as the tree or any slice of a view lives.
/// </summary>
internal sealed unsafe class PythonOwnedMemory : TreeMemory
{
    // Changed under the lock, once; the archive last, which others read without.
    private readonly object memoryLock = new();
    private readonly int length;
    private volatile byte[]? archive;
    private nint bytes; // An object of the main interpreter.
    private byte* data;

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
            InterpreterState.Main.Pending.Enqueue(bytes);
        }
    }

    public override string? Source { get; }

    public override ReadOnlySpan<byte> Bytes => archive is { } own ? own : new ReadOnlySpan<byte>(data, length);

    public override nint CreateView()
    {
        InterpreterState interpreter = InterpreterState.Current;
        if (interpreter != InterpreterState.Main)
        {
            return CreateViewFor(interpreter);
        }

        lock (memoryLock)
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
        }

        nint view = PyRef.Checked(CPython.PyMemoryView_FromObject(bytes));
        GC.KeepAlive(this);
        return view;
    }

    // Objects do not cross between interpreters, memory does: it stays as long as the isolate.
    private nint CreateViewFor(InterpreterState interpreter)
    {
        byte* start;
        lock (memoryLock)
        {
            if (archive is { } own)
            {
                var pinned = new PinnedArray(own);
                interpreter.Kept.Add(pinned);
                start = pinned.Start;
            }
            else
            {
                interpreter.Kept.Add(this);
                start = data;
            }
        }

        return PyRef.Checked(CPython.PyMemoryView_FromMemory(start, length, CPython.PyBUF_READ));
    }

    // Unpinned by its finaliser.
    private sealed class PinnedArray(byte[] array)
    {
        private readonly GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);

        ~PinnedArray() => handle.Free();

        public byte* Start => (byte*)handle.AddrOfPinnedObject();
    }
}
