using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <summary>
/// CPython's C API by function pointer, for CPython 3.9 and later with a GIL. Members have the names of the C API, and its rules hold:
/// see https://docs.python.org/3/c-api/. A <c>PyObject *</c> and a <c>Py_ssize_t</c> are <see cref="nint"/>.
/// </summary>
/// <remarks>
/// Only exported functions and variables are used, no macro and no struct layout, so that one build serves every minor version;
/// the place of <c>ob_type</c> is found by looking, see <see cref="TypeOf"/>.
/// <para>
/// <c>SuppressGCTransition</c> spares a call half its cost and keeps .NET's garbage collector waiting as long as it lasts. It stands only at functions that, called as
/// they are here, read or write a few words or allocate a small object that Python's collector does not track: they can neither run Python code (no <c>__del__</c>, no collection,
/// no exception) nor block. A function that is such only for some objects, as <c>Py_DecRef</c>, has a second pointer for these.
/// </para>
/// </remarks>
internal static unsafe partial class CPython
{
    private static readonly object BindLock = new();
    private static nint typeOffset;

    /// <summary>The bound library, 0 before <see cref="Bind"/>.</summary>
    public static nint Library { get; private set; }

    /// <summary>Version of the bound CPython as <c>0xMMmm</c>: <c>0x030B</c> is 3.11.</summary>
    public static int Version { get; private set; }

    public static delegate* unmanaged[Cdecl]<byte*> Py_GetVersion;
    public static delegate* unmanaged[Cdecl]<int> Py_IsInitialized;

    /// <summary>Binds the functions to a loaded CPython. Binding the same library again does nothing.</summary>
    /// <param name="library">A handle of <see cref="NativeLibrary"/>: of libpython, or of the main program where that holds CPython.</param>
    /// <exception cref="EntryPointNotFoundException">The library lacks exports that PyEmbed needs.</exception>
    /// <exception cref="InvalidOperationException">Another library was bound before: there is one CPython in a process.</exception>
    public static void Bind(nint library)
    {
        lock (BindLock)
        {
            if (Library == library)
            {
                return;
            }

            if (Library != 0)
            {
                throw new InvalidOperationException("Another CPython library is in use already; a process has one CPython.");
            }

            var exports = new NativeExports(library);
            Py_GetVersion = (delegate* unmanaged[Cdecl]<byte*>)exports.Required("Py_GetVersion");
            Py_IsInitialized = (delegate* unmanaged[Cdecl]<int>)exports.Required("Py_IsInitialized");
            exports.ThrowIfIncomplete();
            Version = ParseVersion(Marshal.PtrToStringUTF8((nint)Py_GetVersion()) ?? "");
            BindThreads(exports);
            BindObjects(exports);
            BindNumbers(exports);
            BindStrings(exports);
            BindContainers(exports);
            BindErrors(exports);
            BindCode(exports);
            BindFunctions(exports);
            BindStartup(exports);
            exports.ThrowIfIncomplete();
            typeOffset = FindTypeOffset();
            Library = library;
        }
    }

    /// <summary>Binds what starting an interpreter needs; lies beside the code that starts it.</summary>
    static partial void BindStartup(NativeExports exports);

    /// <summary>Borrowed reference to the type of an object (<c>Py_TYPE</c>, a macro).</summary>
    public static nint TypeOf(nint value) => *(nint*)(value + typeOffset);

    /// <summary>Parses the first word of <c>Py_GetVersion</c>, such as <c>3.13.0rc2+</c>, into <c>0x030D</c>.</summary>
    /// <exception cref="NotSupportedException">The text is not a version of CPython.</exception>
    internal static int ParseVersion(string text)
    {
        string[] parts = text.Split(' ', 2)[0].Split('.');
        return parts.Length >= 2 && byte.TryParse(parts[0], out byte major) && byte.TryParse(parts[1], out byte minor)
            ? (major << 8) | minor
            : throw new NotSupportedException($"Py_GetVersion returned '{text}', which is not a version of CPython.");
    }

    // The type of `type` is itself, by static initialisation: that pointer shows where ob_type lies in this build.
    private static nint FindTypeOffset()
    {
        for (nint offset = sizeof(nint); offset <= 4 * sizeof(nint); offset += sizeof(nint))
        {
            if (*(nint*)(PyType_Type + offset) == PyType_Type)
            {
                return offset;
            }
        }

        throw new NotSupportedException("The objects of this CPython have a layout that PyEmbed does not know (a debug build with traced references?).");
    }
}
