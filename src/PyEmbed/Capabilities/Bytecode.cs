using System.Text;
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

    private readonly byte[] cacheFolder = Encoding.UTF8.GetBytes(codeCache);
    private readonly Dictionary<nint, (nint Length, nint Bytes)> read = []; // guarded by the GIL: where the code in a file that was read begins; a reference to the bytes

    private bool isReplacing;

    /// <summary>Whether the code object of the event <c>code.__new__</c> is one that was found to be harmless. Asked once for each.</summary>
    public bool TakeReplacing()
    {
        bool was = isReplacing;
        isReplacing = false;
        return was;
    }

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
                // These very bytes: asked again, an object that has __buffer__ could give others.
                call.Replace(0, default, PyRef.Checked(CPython.PyMemoryView_FromMemory((byte*)start, length, CPython.PyBUF_READ)));
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

        if (files.BeyondReach(path) is not { } real)
        {
            return Denied.Raise("running bytecode of doubtful origin", Capability, file);
        }

        // Read here: CPython would call what is called _io.open, which may be anybody's.
        byte[] content;
        try
        {
            content = File.ReadAllBytes(Encoding.UTF8.GetString(real));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Continue(); // Python's own error; what comes instead of one is not trusted.
        }

        using PyRef read = PyRef.Take(NewBytes(content));
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
            // Neither runs code when CPython reads it.
            nint value = call.GetNamed((int)i), type = CPython.TypeOf(value);
            bool isSound = Text.Read(CPython.PyTuple_GetItem(names, i)) switch
            {
                "co_flags" => type == CapabilityApi.PyLong_Type && KeepsFlags(call.Self, value),
                "co_firstlineno" => type == CapabilityApi.PyLong_Type,
                "co_name" or "co_qualname" or "co_filename" => type == CapabilityApi.PyUnicode_Type,
                _ => false,
            };
            if (!isSound)
            {
                return Denied.Raise("making code objects", Capability);
            }
        }

        // Between here and the event no Python code runs: the arguments have none, and what the garbage collector would call waits.
        bool isCollecting = Collector.Pause();
        isReplacing = true;
        try
        {
            return call.Continue();
        }
        finally
        {
            isReplacing = false;
            Collector.Resume(isCollecting);
        }
    }

    private static bool KeepsFlags(nint code, nint flags)
    {
        const long IterableCoroutine = 0x100;
        using PyRef old = PyRef.Take(CPython.PyObject_GetAttrString(code, Text.Ascii("co_flags"u8)));
        int overflow;
        long before = CPython.PyLong_AsLongLongAndOverflow(old.Value, &overflow), after = CPython.PyLong_AsLongLongAndOverflow(flags, &overflow);
        return overflow == 0 && (before | IterableCoroutine) == (after | IterableCoroutine) && (before & ~after) == 0;
    }

    private bool IsTrusted(nint start, nint length) =>
        ImageBytecode.IsCode(start, (nuint)length) || (read.TryGetValue(start, out (nint Length, nint Bytes) known) && known.Length == length);

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

    private static nint NewBytes(ReadOnlySpan<byte> content)
    {
        fixed (byte* start = content)
        {
            return CPython.PyBytes_FromStringAndSize(start, content.Length);
        }
    }
}
