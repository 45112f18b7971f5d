using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// The short way through <c>marshal.loads</c> that every module of an assembly goes: a slice of a view of an assembly's memory that is a module's code is loaded at once, everything else is for
/// <see cref="Bytecode.Loads"/> to decide. It takes no delegate and allocates nothing.
/// </summary>
/// <remarks>
/// A memoryview's words are read in place, which saves taking and releasing its buffer; where they lie is found by looking. The function itself takes the buffer
/// next, and refuses a view that was released or has gaps; nothing runs in between.
/// </remarks>
internal static unsafe class ImageBytecode
{
    private const int ViewWords = 16; // A memoryview of one dimension has more.
    private const int LocalHeader = 30, HasDescriptor = 8, PycHeader = 16, Unchecked = 1; // PKZIP's APPNOTE 4.3.7; PEP 552

    // Guarded by the GIL.
    private static (nint Start, nint Length)[] images = [];
    private static nint original, guarded, viewType;
    private static int place;
    private static uint magic;
    private static bool takesVector;

    /// <summary>Trusts the bytecode in memory that nobody else can write to, and that stays. The caller holds the GIL.</summary>
    public static void Trust(nint start, nint length) => images = [.. images, (start, length)];

    /// <summary>
    /// Whether some memory is the code of a stored file of bytecode, all of it and nothing else: what lies in the midst of code means something else to <c>marshal</c>, and the interpreter
    /// believes it. The caller holds the GIL.
    /// </summary>
    public static bool IsCode(nint start, nuint length)
    {
        foreach ((nint image, nint size) in images)
        {
            nuint offset = (nuint)(start - image);
            if (offset <= (nuint)size && length <= (nuint)size - offset)
            {
                return length <= int.MaxValue - PycHeader && IsCode(new ReadOnlySpan<byte>((byte*)image, (int)Math.Min((nuint)size, int.MaxValue)), offset, (int)length);
            }
        }

        return false;
    }

    // docs/formats.md: a local header, the path, the header of bytecode that is not checked, the code.
    private static bool IsCode(ReadOnlySpan<byte> image, nuint offset, int length)
    {
        if (offset > (nuint)image.Length || (int)offset < LocalHeader + PycHeader)
        {
            return false;
        }

        int data = (int)offset - PycHeader;
        ReadOnlySpan<byte> before = image[..data], header = image.Slice(data, PycHeader);
        if (!before.EndsWith(".pyc"u8) || BinaryPrimitives.ReadUInt32LittleEndian(header) != magic || BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != Unchecked)
        {
            return false;
        }

        // The path begins behind the last of these, as none holds such bytes.
        int local = before.LastIndexOf("PK\u0003\u0004"u8);
        ReadOnlySpan<byte> entry = local < 0 ? default : before[local..];
        return entry.Length >= LocalHeader && (BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) & HasDescriptor) == 0 && BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(entry[18..]) == (uint)(PycHeader + length)
            && LocalHeader + BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) == entry.Length;
    }

    /// <summary>The function to put in the stead of <c>marshal.loads</c>.</summary>
    /// <param name="function">The function of CPython's.</param>
    /// <param name="guard">What decides where the short way does not lead on.</param>
    /// <param name="flags">The calling convention of both.</param>
    public static nint Before(nint function, nint guard, int flags)
    {
        (original, guarded, takesVector) = (function, guard, (flags & CapabilityApi.METH_FASTCALL) != 0);
        magic = (uint)CapabilityApi.PyImport_GetMagicNumber();
        byte* room = stackalloc byte[ViewWords];
        using PyRef view = PyRef.Take(CPython.PyMemoryView_FromMemory(room, ViewWords - 5, CPython.PyBUF_READ));
        using PyRef other = PyRef.Take(CPython.PyMemoryView_FromMemory(room + 3, ViewWords - 7, CPython.PyBUF_READ));
        nint* words = (nint*)view.Value, others = (nint*)other.Value;
        for (int i = 2; i < ViewWords - 2; i++)
        {
            // A Py_buffer begins with the place, the owner and the length.
            if (words[i] == (nint)room && words[i + 2] == ViewWords - 5 && others[i] == (nint)room + 3 && others[i + 2] == ViewWords - 7)
            {
                (viewType, place) = (CPython.TypeOf(view.Value), i);
            }
        }

        // Where no view looks as is known, none has this type, and all are decided on by the guard.
        return (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint>)&Load;
    }

    /// <summary>Loads data by the short way and by the long, so that no import waits for .NET to compile them. The caller holds the GIL.</summary>
    /// <param name="loads">A borrowed reference to <c>marshal.loads</c>.</param>
    public static void Prepare(nint loads)
    {
        ReadOnlySpan<byte> local = "PK\u0003\u0004\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0004\0\0\0.pyc"u8; // Stored; its length comes below.
        ReadOnlySpan<byte> data = "{z\u0001a(\u0001\0\0\0i\0\0\0\00"u8; // {'a': (0,)}
        byte* entry = stackalloc byte[local.Length + PycHeader + data.Length], start = entry + local.Length + PycHeader;
        local.CopyTo(new Span<byte>(entry, local.Length));
        data.CopyTo(new Span<byte>(start, data.Length));
        *(int*)(entry + 18) = PycHeader + data.Length;
        (*(uint*)(start - PycHeader), *(uint*)(start - PycHeader + 4)) = (magic, Unchecked);
        using PyRef view = PyRef.Take(CPython.PyMemoryView_FromMemory(start, data.Length, CPython.PyBUF_READ));
        nint* arguments = stackalloc nint[] { view.Value };
        using PyRef decided = PyRef.Take(CPython.PyObject_VectorcallDict(loads, arguments, 1, 0));
        (nint, nint)[] before = images;
        Trust((nint)entry, local.Length + PycHeader + data.Length);
        Debug.Assert(IsCode((nint)start, (nuint)data.Length), "what is loaded by the short way");
        using PyRef loaded = PyRef.Take(CPython.PyObject_VectorcallDict(loads, arguments, 1, 0));
        images = before;
    }

    // The convention has fewer parameters than five; what the others hold is not looked at.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Load(nint self, nint second, nint third, nint fourth, nint fifth)
    {
        nint data = !takesVector ? second : third > 0 ? *(nint*)second : 0;
        if (data != 0 && CPython.TypeOf(data) == viewType)
        {
            nint* words = (nint*)data + place;
            if (IsCode(words[0], (nuint)words[2]))
            {
                return ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint>)original)(self, second, third, fourth, fifth);
            }
        }

        return ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint>)guarded)(self, second, third, fourth, fifth);
    }
}
