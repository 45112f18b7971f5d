using PyEmbed.Interop;
using PyEmbed.Manifest;

namespace PyEmbed.Capabilities;

/// <summary>
/// Which code objects may be made of bytes. CPython runs bytecode unchecked: what no compiler has made can read and write all of the process's memory. So it must come from an assembly's
/// memory, from the standard library or another folder that was on <c>sys.path</c> and that Python code cannot write to, or from the code cache. Other data than code may come from anywhere.
/// </summary>
internal sealed unsafe class Bytecode(PythonCapabilities capabilities, FileGrants files, string codeCache)
{
    private const string Capability = nameof(PythonCapabilities.NativeCode);
    private const int Header = 16, Seal = 8; // docs/formats.md: what importlib's files begin with, and the code cache's end with

    private readonly byte[] cacheFolder = System.Text.Encoding.UTF8.GetBytes(codeCache);
    private readonly Dictionary<nint, (nint Length, nint Bytes)> read = []; // guarded by the GIL: where the code in a file that was read begins; a reference to the bytes

    /// <summary>Whether making a code object is under way that was found to be harmless.</summary>
    public bool IsReplacing { get; private set; }

    /// <summary>A body for <c>marshal.loads</c>, behind <see cref="ImageBytecode"/>.</summary>
    public nint Loads(scoped ref NativeCall call)
    {
        nint data = call.Get(0);
        if (data == 0 || capabilities.NativeCode)
        {
            return call.Continue();
        }

        nint* buffer = stackalloc nint[CPython.Py_bufferWords];
        if (CPython.PyObject_GetBuffer(data, buffer, CPython.PyBUF_SIMPLE) != 0)
        {
            return 0;
        }

        try
        {
            (nint start, nint length) = (buffer[0], buffer[2]);
            if (IsTrusted(start, length))
            {
                return call.Continue();
            }

            if (MarshalScanner.MayHoldCode(new ReadOnlySpan<byte>((void*)start, checked((int)length))))
            {
                return Denied.Raise("running bytecode of doubtful origin", Capability);
            }

            // A copy, which nobody changes between looking and loading.
            call.Replace(0, default, PyRef.Checked(CPython.PyBytes_FromStringAndSize((byte*)start, length)));
            return call.Continue();
        }
        finally
        {
            CPython.PyBuffer_Release(buffer);
        }
    }

    /// <summary>A body for <c>marshal.load</c>, which reads from an object of anybody's.</summary>
    public nint Load(scoped ref NativeCall call) => capabilities.NativeCode ? call.Continue() : Denied.Raise("marshal.load", Capability);

    /// <summary>A body for <c>_imp.get_frozen_object</c>, which takes bytecode from 3.11 on.</summary>
    public nint GetFrozenObject(scoped ref NativeCall call)
    {
        nint data = call.Get(1);
        return capabilities.NativeCode || data == 0 || data == CPython.Py_None ? call.Continue() : Denied.Raise("_imp.get_frozen_object with data", Capability);
    }

    /// <summary>A body for <c>io.open_code</c>: the bytes of files whose bytecode may run are remembered, other bytecode is not read, so that importlib compiles the source.</summary>
    public nint OpenCode(scoped ref NativeCall call)
    {
        nint file = call.Get(0, "path"u8);
        if (capabilities.NativeCode || file == 0 || !PathArgument.IsText(file) || !PathArgument.TryRead(file, out byte[] path))
        {
            CPython.PyErr_Clear();
            return call.Continue();
        }

        bool isCache = cacheFolder.Length > 0 && path.AsSpan().StartsWith(cacheFolder) && path.AsSpan().EndsWith(".zip"u8);
        if (!isCache && !path.AsSpan().EndsWith(".pyc"u8))
        {
            return call.Continue();
        }

        if (!files.IsBeyondReach(path))
        {
            return Denied.Raise("running bytecode of doubtful origin", Capability, file);
        }

        using PyRef opened = PyRef.Own(call.Continue());
        if (opened.Value == 0)
        {
            return 0;
        }

        using PyRef read = PyRef.Own(CallMethod(opened.Value, "read"));
        using PyRef closed = PyRef.Own(CallMethod(opened.Value, "close"));
        if (read.Value == 0 || closed.Value == 0)
        {
            return 0;
        }

        Remember(read.Value, isCache);

        // It gives back these very bytes where all are read at once, as importlib does.
        nint* arguments = stackalloc nint[] { read.Value };
        return CPython.PyObject_VectorcallDict(BytesIO, arguments, 1, 0);
    }

    /// <summary>The type <c>io.BytesIO</c>; a reference that is kept.</summary>
    public required nint BytesIO { get; init; }

    /// <summary>A body for <c>code.replace</c>: names, places and the flag that <c>types.coroutine</c> sets do no harm.</summary>
    public nint Replace(scoped ref NativeCall call)
    {
        nint names = call.KeywordNames;
        for (nint i = 0; !capabilities.NativeCode && names != 0 && i < CPython.PyTuple_Size(names); i++)
        {
            if (Text.Read(CPython.PyTuple_GetItem(names, i)) is not ("co_flags" or "co_name" or "co_qualname" or "co_filename" or "co_firstlineno") || !KeepsFlags(ref call))
            {
                return Denied.Raise("making code objects", Capability);
            }
        }

        bool before = IsReplacing;
        IsReplacing = true;
        try
        {
            return call.Continue();
        }
        finally
        {
            IsReplacing = before;
        }
    }

    private static bool KeepsFlags(scoped ref NativeCall call)
    {
        const long IterableCoroutine = 0x100;
        nint flags = call.Get(-1, "co_flags"u8);
        if (flags == 0)
        {
            return true;
        }

        using PyRef old = PyRef.Own(CPython.PyObject_GetAttrString(call.Self, Text.Ascii("co_flags"u8)));
        if (old.Value == 0 || !CPython.Is(flags, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            CPython.PyErr_Clear();
            return false;
        }

        int overflow;
        long before = CPython.PyLong_AsLongLongAndOverflow(old.Value, &overflow), after = CPython.PyLong_AsLongLongAndOverflow(flags, &overflow);
        return (before | IterableCoroutine) == (after | IterableCoroutine) && (before & ~after) == 0;
    }

    private bool IsTrusted(nint start, nint length) =>
        ImageBytecode.Covers(start, (nuint)length) || (read.TryGetValue(start, out (nint Length, nint Bytes) known) && known.Length == length);

    private void Remember(nint bytes, bool isCache)
    {
        byte* start;
        nint length;
        if (CPython.PyBytes_AsStringAndSize(bytes, &start, &length) != 0)
        {
            CPython.PyErr_Clear();
            return;
        }

        if (!isCache)
        {
            if (length > Header)
            {
                Remember((nint)start + Header, length - Header, bytes);
            }

            return;
        }

        // Each file in the archive from its first byte to its last: what lies in its midst is a constant of somebody's.
        try
        {
            using UnmanagedMemoryStream stream = new(start, length);
            ArchiveReader archive = ArchiveReader.Open(stream, "code cache");
            foreach (string folder in archive.Folders)
            {
                foreach (ArchiveRecord record in archive.ReadFolder(folder))
                {
                    if (record.Kind == ArchiveRecordKind.Stored && record.StoredSize > Header + Seal)
                    {
                        Remember((nint)start + record.Offset + Header, record.StoredSize - Header - Seal, bytes);
                    }
                }
            }
        }
        catch (ArchiveFormatException)
        {
            // Damaged: nothing of it runs, and the importer finds out for itself.
        }
    }

    private void Remember(nint start, nint length, nint bytes)
    {
        if (read.TryAdd(start, (length, bytes)))
        {
            CPython.Py_IncRef(bytes);
        }
    }

    private static nint CallMethod(nint self, string method)
    {
        using PyRef name = PyRef.Own(Text.NewName(method));
        return CPython.PyObject_VectorcallMethod(name.Value, &self, 1, 0);
    }
}
