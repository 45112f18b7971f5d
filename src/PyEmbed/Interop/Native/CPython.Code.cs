namespace PyEmbed.Interop;

/// <content>Modules, code objects and marshal: https://docs.python.org/3/c-api/import.html, veryhigh.html and marshal.html.</content>
internal static unsafe partial class CPython
{
    /// <summary>Start symbol of <see cref="Py_CompileStringExFlags"/>: a file's statements.</summary>
    public const int Py_file_input = 257;

    public static delegate* unmanaged[Cdecl]<byte*, nint> PyImport_ImportModule;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyImport_Import;
    public static delegate* unmanaged[Cdecl]<nint> PyImport_GetModuleDict;
    public static delegate* unmanaged[Cdecl]<byte*, nint> PySys_GetObject;
    public static delegate* unmanaged[Cdecl]<nint> PyEval_GetBuiltins;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, nint> PyEval_EvalCode;

    /// <summary>Source as UTF-8, file name in the file system's encoding, start symbol, flags or null, optimisation (-1: the interpreter's).</summary>
    public static delegate* unmanaged[Cdecl]<byte*, byte*, int, void*, int, nint> Py_CompileStringExFlags;

    private static void BindCode(NativeExports exports)
    {
        PyImport_ImportModule = (delegate* unmanaged[Cdecl]<byte*, nint>)exports.Required("PyImport_ImportModule");
        PyImport_Import = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyImport_Import");
        PyImport_GetModuleDict = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyImport_GetModuleDict");
        PySys_GetObject = (delegate* unmanaged[Cdecl]<byte*, nint>)exports.Required("PySys_GetObject");
        PyEval_GetBuiltins = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyEval_GetBuiltins");
        PyEval_EvalCode = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)exports.Required("PyEval_EvalCode");
        Py_CompileStringExFlags = (delegate* unmanaged[Cdecl]<byte*, byte*, int, void*, int, nint>)exports.Required("Py_CompileStringExFlags");
    }
}
