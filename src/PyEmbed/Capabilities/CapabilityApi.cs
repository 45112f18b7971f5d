using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// What of the C API and the C library only capabilities need, bound when they are set: <see href="https://docs.python.org/3/c-api/sys.html">sys</see>,
/// <see href="https://docs.python.org/3/c-api/structures.html">structures</see>, realpath(3), readlink(2), fcntl(2), socket(2), getrlimit(2).
/// </summary>
internal static unsafe class CapabilityApi
{
    public const int METH_VARARGS = 1, METH_KEYWORDS = 2, METH_NOARGS = 4, METH_O = 8, METH_FASTCALL = 0x80, METH_METHOD = 0x200;
    public const int ENOENT = 2, EACCES = 13, ENOTDIR = 20, EMFILE = 24;
    public const int O_ACCMODE = 3, O_WRONLY = 1, O_RDWR = 2;
    public const int Py_tp_new = 65;
    private const int F_DUPFD = 0, F_GETFD = 1, F_GETFL = 3, F_DUPFD_CLOEXEC = 1030, FD_CLOEXEC = 1, SOCK_CLOEXEC = 0x80000, RLIMIT_NOFILE = 7, FirstFree = 3, LongestPath = 4096; // PATH_MAX, which realpath keeps to.

    private static nint* permissionError, importError, valueError, keyError, osError;
    private static delegate* unmanaged[Cdecl]<int*> errno;
    private static delegate* unmanaged[Cdecl]<int, int, int, int> fcntl;
    private static delegate* unmanaged[Cdecl]<int, int> close;
    private static delegate* unmanaged[Cdecl]<int, int, int, int> socket;
    private static delegate* unmanaged[Cdecl]<int, int, int, int*, int> socketpair;
    private static delegate* unmanaged[Cdecl]<int, ulong*, int> getrlimit;

    public static delegate* unmanaged[Cdecl]<void*, void*, int> PySys_AddAuditHook;
    public static delegate* unmanaged[Cdecl]<nint, nint, void> PyErr_SetObject;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyErr_SetFromErrno;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyOS_FSPath;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyCFunction_GetFunction;
    public static delegate* unmanaged[Cdecl]<nint, int> PyCFunction_GetFlags;
    public static delegate* unmanaged[Cdecl]<void*, nint, nint, nint> PyCFunction_NewEx;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyModule_GetDef;
    public static delegate* unmanaged[Cdecl]<nint, byte*, int> PyUnicode_CompareWithASCIIString;
    public static delegate* unmanaged[Cdecl]<byte*, nint, nint> PyUnicode_DecodeFSDefaultAndSize;
    public static delegate* unmanaged[Cdecl]<nint, int> PyObject_IsTrue;
    public static delegate* unmanaged[Cdecl]<nint, int> PyObject_AsFileDescriptor;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, nint> PyObject_Call;
    public static delegate* unmanaged[Cdecl]<nint, void> PyDict_Clear;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyDict_Size;
    public static delegate* unmanaged[Cdecl]<nint> PyImport_GetMagicNumber;
    public static delegate* unmanaged[Cdecl]<nint, nint*, nint*, nint*, int> PyDict_Next;
    public static delegate* unmanaged[Cdecl]<nint, void> PyObject_GC_UnTrack;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyUnicode_FromObject;
    public static delegate* unmanaged[Cdecl]<nint, byte*, int> PyDict_DelItemString;
    public static delegate* unmanaged[Cdecl]<nint, nint, int> PyDict_DelItem;
    public static delegate* unmanaged[Cdecl]<nint, void> PyType_Modified;
    public static delegate* unmanaged[Cdecl]<nint, int, nint> PyType_GetSlot;
    public static delegate* unmanaged[Cdecl]<nint, nint, int> PyType_IsSubtype;
    public static delegate* unmanaged[Cdecl]<nint, nint> PySequence_Tuple;
    public static nint PyTuple_Type, PyCode_Type, PyLong_Type, PyUnicode_Type;

    private static delegate* unmanaged[Cdecl]<byte*, byte*, byte*> realpath;
    private static delegate* unmanaged[Cdecl]<byte*, byte*, nint, nint> readlink;

    public static nint PyExc_PermissionError => *permissionError;

    public static nint PyExc_ImportError => *importError;

    public static nint PyExc_ValueError => *valueError;

    public static nint PyExc_KeyError => *keyError;

    /// <summary>Binds everything to the CPython in use. The caller holds the GIL.</summary>
    public static void Bind()
    {
        NativeExports exports = new(CPython.Library);
        permissionError = exports.RequiredVariable("PyExc_PermissionError");
        importError = exports.RequiredVariable("PyExc_ImportError");
        valueError = exports.RequiredVariable("PyExc_ValueError");
        keyError = exports.RequiredVariable("PyExc_KeyError");
        osError = exports.RequiredVariable("PyExc_OSError");
        PyErr_SetFromErrno = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyErr_SetFromErrno");
        PySys_AddAuditHook = (delegate* unmanaged[Cdecl]<void*, void*, int>)exports.Required("PySys_AddAuditHook");
        PyErr_SetObject = (delegate* unmanaged[Cdecl]<nint, nint, void>)exports.Required("PyErr_SetObject");
        PyOS_FSPath = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyOS_FSPath");
        PyCFunction_GetFunction = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyCFunction_GetFunction");
        PyCFunction_GetFlags = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyCFunction_GetFlags");
        PyCFunction_NewEx = (delegate* unmanaged[Cdecl]<void*, nint, nint, nint>)exports.Required("PyCFunction_NewEx");
        PyModule_GetDef = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyModule_GetDef");
        PyUnicode_CompareWithASCIIString = (delegate* unmanaged[Cdecl]<nint, byte*, int>)exports.Required("PyUnicode_CompareWithASCIIString");
        PyUnicode_DecodeFSDefaultAndSize = (delegate* unmanaged[Cdecl]<byte*, nint, nint>)exports.Required("PyUnicode_DecodeFSDefaultAndSize");
        PyObject_IsTrue = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyObject_IsTrue");
        PyObject_AsFileDescriptor = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyObject_AsFileDescriptor");
        PyObject_Call = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)exports.Required("PyObject_Call");
        PyDict_Clear = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyDict_Clear");
        PyImport_GetMagicNumber = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyImport_GetMagicNumber");
        PyDict_Size = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyDict_Size");
        PyDict_Next = (delegate* unmanaged[Cdecl]<nint, nint*, nint*, nint*, int>)exports.Required("PyDict_Next");
        PyObject_GC_UnTrack = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyObject_GC_UnTrack");
        PyUnicode_FromObject = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyUnicode_FromObject");
        PyDict_DelItemString = (delegate* unmanaged[Cdecl]<nint, byte*, int>)exports.Required("PyDict_DelItemString");
        PyDict_DelItem = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyDict_DelItem");
        PyType_Modified = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyType_Modified");
        PyType_GetSlot = (delegate* unmanaged[Cdecl]<nint, int, nint>)exports.Required("PyType_GetSlot");
        PyType_IsSubtype = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyType_IsSubtype");
        PySequence_Tuple = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PySequence_Tuple");
        PyTuple_Type = exports.Required("PyTuple_Type");
        PyLong_Type = exports.Required("PyLong_Type");
        PyUnicode_Type = exports.Required("PyUnicode_Type");
        PyCode_Type = exports.Required("PyCode_Type");
        exports.ThrowIfIncomplete();

        nint program = NativeLibrary.GetMainProgramHandle();
        errno = (delegate* unmanaged[Cdecl]<int*>)NativeLibrary.GetExport(program, "__errno_location");
        realpath = (delegate* unmanaged[Cdecl]<byte*, byte*, byte*>)NativeLibrary.GetExport(program, "realpath");
        readlink = (delegate* unmanaged[Cdecl]<byte*, byte*, nint, nint>)NativeLibrary.GetExport(program, "readlink");
        fcntl = (delegate* unmanaged[Cdecl]<int, int, int, int>)NativeLibrary.GetExport(program, "fcntl");
        socket = (delegate* unmanaged[Cdecl]<int, int, int, int>)NativeLibrary.GetExport(program, "socket");
        socketpair = (delegate* unmanaged[Cdecl]<int, int, int, int*, int>)NativeLibrary.GetExport(program, "socketpair");
        getrlimit = (delegate* unmanaged[Cdecl]<int, ulong*, int>)NativeLibrary.GetExport(program, "getrlimit");
        close = (delegate* unmanaged[Cdecl]<int, int>)NativeLibrary.GetExport(program, "close");
    }

    /// <summary>The path without links and dots, or null and why not (errno).</summary>
    [SkipLocalsInit]
    public static byte[]? RealPath(ReadOnlySpan<byte> path, out int error)
    {
        Span<byte> terminated = path.Length < LongestPath ? stackalloc byte[path.Length + 1] : new byte[path.Length + 1], room = stackalloc byte[LongestPath];
        path.CopyTo(terminated);
        terminated[path.Length] = 0;
        fixed (byte* text = terminated, real = room)
        {
            int* code = errno();
            *code = 0;
            bool isReal = realpath(text, real) != null;
            error = *code;
            return isReal ? MemoryMarshal.CreateReadOnlySpanFromNullTerminated(real).ToArray() : null;
        }
    }

    /// <summary>What a link holds; null for what is no link, or is not there.</summary>
    public static byte[]? ReadLink(ReadOnlySpan<byte> path)
    {
        byte[] room = new byte[4096];
        fixed (byte* text = Terminated(path), buffer = room)
        {
            nint length = readlink(text, buffer, room.Length);
            return length < 0 ? null : room[..(int)length];
        }
    }

    /// <summary>What a descriptor of this process stands for, as /proc has it: a path, or a name such as <c>pipe:[4711]</c>; empty where it is not open.</summary>
    /// <param name="descriptor">The number.</param>
    /// <param name="room">Where it is put.</param>
    public static ReadOnlySpan<byte> ReadDescriptor(int descriptor, Span<byte> room)
    {
        ReadOnlySpan<byte> folder = "/proc/self/fd/"u8;
        Span<byte> path = stackalloc byte[32];
        folder.CopyTo(path);
        _ = Utf8Formatter.TryFormat(descriptor, path[folder.Length..], out int digits);
        path[folder.Length + digits] = 0;
        fixed (byte* text = path, buffer = room)
        {
            nint length = readlink(text, buffer, room.Length);
            return length < 0 ? default : room[..(int)length];
        }
    }

    /// <summary>How a descriptor was opened (O_RDONLY, O_WRONLY, O_RDWR …); -1 where it is not open.</summary>
    public static int OpenMode(int descriptor) => fcntl(descriptor, F_GETFL, 0);

    /// <summary>Another number for what a descriptor stands for, which nobody else knows; -1 and errno where it is not open, or no number is left.</summary>
    public static int Duplicate(int descriptor) => fcntl(descriptor, F_DUPFD_CLOEXEC, FirstFree);

    /// <summary>The same, where that is a number below a limit; else -1 and errno.</summary>
    public static int DuplicateBelow(int descriptor, int limit)
    {
        int other = Duplicate(descriptor);
        if (other < limit)
        {
            return other;
        }

        Close(other);
        *errno() = EMFILE;
        return -1;
    }

    /// <summary>Another number, not below <paramref name="first"/>, that children inherit where they inherit this one; -1 and errno where none is left.</summary>
    public static int Duplicate(int descriptor, int first) => fcntl(descriptor, (fcntl(descriptor, F_GETFD, 0) & FD_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, first);

    /// <summary>Closes a descriptor of ours.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Raises, in Python, the OSError that errno means.</summary>
    /// <param name="left">A descriptor that is closed before; -1: none.</param>
    public static void RaiseError(int left = -1)
    {
        int* code = errno();
        int error = *code;
        if (left >= 0)
        {
            Close(left);
        }

        *code = error;
        _ = PyErr_SetFromErrno(*osError);
    }

    /// <summary>A new socket, which children do not inherit; -1 and errno where there is none.</summary>
    public static int OpenSocket(int family, int type, int protocol) => socket(family, type | SOCK_CLOEXEC, protocol);

    /// <summary>Two new sockets that are connected, which children do not inherit.</summary>
    /// <returns>False, and errno, where there are none.</returns>
    public static bool OpenSockets(int family, int type, int protocol, int* made) => socketpair(family, type | SOCK_CLOEXEC, protocol, made) == 0;

    /// <summary>How many descriptors the process may have.</summary>
    public static long DescriptorLimit()
    {
        ulong* limits = stackalloc ulong[2]; // struct rlimit: the soft one, the hard one.
        return getrlimit(RLIMIT_NOFILE, limits) == 0 ? (long)Math.Min(limits[0], int.MaxValue) : 0;
    }

    private static byte[] Terminated(ReadOnlySpan<byte> path)
    {
        byte[] text = new byte[path.Length + 1];
        path.CopyTo(text);
        return text;
    }
}
