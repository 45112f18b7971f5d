using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <content>
/// Starting an interpreter: https://docs.python.org/3/c-api/init_config.html. Up to 3.13 by <c>PyConfig</c> (PEP 587), whose fields move
/// from version to version and are therefore never touched; from 3.14 by <c>PyInitConfig</c> (PEP 741), which has none.
/// </content>
internal static unsafe partial class CPython
{
    /// <summary>More than any version's <c>PyConfig</c> takes (it is below 1 KB); initialised by CPython itself.</summary>
    public const int PyConfigRoom = 64 * 1024;

    public static delegate* unmanaged[Cdecl]<void*, void> PyConfig_InitPythonConfig;
    public static delegate* unmanaged[Cdecl]<void*, nint, byte**, PyStatus> PyConfig_SetBytesArgv;
    public static delegate* unmanaged[Cdecl]<void*, void> PyConfig_Clear;
    public static delegate* unmanaged[Cdecl]<void*, PyStatus> Py_InitializeFromConfig;

    /// <summary>Deprecated since 3.11, and the only way to set the prefix without knowing the fields of <c>PyConfig</c>. Keeps the pointer.</summary>
    public static delegate* unmanaged[Cdecl]<nint, void> Py_SetPythonHome;

    /// <summary>Decodes bytes into C's <c>wchar_t</c> as CPython expects file names.</summary>
    public static delegate* unmanaged[Cdecl]<byte*, nuint*, nint> Py_DecodeLocale;

    public static delegate* unmanaged[Cdecl]<void*> PyInitConfig_Create;
    public static delegate* unmanaged[Cdecl]<void*, byte*, long, int> PyInitConfig_SetInt;
    public static delegate* unmanaged[Cdecl]<void*, byte*, byte*, int> PyInitConfig_SetStr;
    public static delegate* unmanaged[Cdecl]<void*, byte**, int> PyInitConfig_GetError;
    public static delegate* unmanaged[Cdecl]<void*, void> PyInitConfig_Free;
    public static delegate* unmanaged[Cdecl]<void*, int> Py_InitializeFromInitConfig;

    /// <summary>The calling thread as Python's <c>threading.get_ident()</c> names it; needs no GIL.</summary>
    public static delegate* unmanaged[Cdecl]<nuint> PyThread_get_thread_ident;

    /// <summary>A view of an object that has the buffer protocol; the view owns a reference to it.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint> PyMemoryView_FromObject;

    /// <summary>Whether this CPython is a debug build: only those export the check behind <c>Py_DECREF</c>.</summary>
    public static bool IsDebugBuild(nint library) => NativeLibrary.TryGetExport(library, "_Py_NegativeRefcount", out _);

    static partial void BindStartup(NativeExports exports)
    {
        PyThread_get_thread_ident = (delegate* unmanaged[Cdecl]<nuint>)exports.Required("PyThread_get_thread_ident");
        PyMemoryView_FromObject = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyMemoryView_FromObject");
        if (Version >= 0x030E)
        {
            PyInitConfig_Create = (delegate* unmanaged[Cdecl]<void*>)exports.Required("PyInitConfig_Create");
            PyInitConfig_SetInt = (delegate* unmanaged[Cdecl]<void*, byte*, long, int>)exports.Required("PyInitConfig_SetInt");
            PyInitConfig_SetStr = (delegate* unmanaged[Cdecl]<void*, byte*, byte*, int>)exports.Required("PyInitConfig_SetStr");
            PyInitConfig_GetError = (delegate* unmanaged[Cdecl]<void*, byte**, int>)exports.Required("PyInitConfig_GetError");
            PyInitConfig_Free = (delegate* unmanaged[Cdecl]<void*, void>)exports.Required("PyInitConfig_Free");
            Py_InitializeFromInitConfig = (delegate* unmanaged[Cdecl]<void*, int>)exports.Required("Py_InitializeFromInitConfig");
            return;
        }

        PyConfig_InitPythonConfig = (delegate* unmanaged[Cdecl]<void*, void>)exports.Required("PyConfig_InitPythonConfig");
        PyConfig_SetBytesArgv = (delegate* unmanaged[Cdecl]<void*, nint, byte**, PyStatus>)exports.Required("PyConfig_SetBytesArgv");
        PyConfig_Clear = (delegate* unmanaged[Cdecl]<void*, void>)exports.Required("PyConfig_Clear");
        Py_InitializeFromConfig = (delegate* unmanaged[Cdecl]<void*, PyStatus>)exports.Required("Py_InitializeFromConfig");
        Py_SetPythonHome = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("Py_SetPythonHome");
        Py_DecodeLocale = (delegate* unmanaged[Cdecl]<byte*, nuint*, nint>)exports.Required("Py_DecodeLocale");
    }

    /// <summary>CPython's <c>PyStatus</c>, the same in every version that has it (3.8 to 3.14).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct PyStatus
    {
        private readonly int type;
        private readonly byte* function;
        private readonly byte* message;
        private readonly int exitCode;

        /// <summary>What went wrong, or null.</summary>
        public string? Error => type switch
        {
            0 => null,
            1 => $"{Marshal.PtrToStringUTF8((nint)message)}{(function == null ? "" : $" (in {Marshal.PtrToStringUTF8((nint)function)})")}",
            _ => $"it asked the process to exit with code {exitCode}",
        };
    }
}
