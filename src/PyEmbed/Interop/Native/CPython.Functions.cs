namespace PyEmbed.Interop;

/// <content>Functions and modules written in C#: https://docs.python.org/3/c-api/structures.html#c.PyMethodDef and module.html.</content>
internal static unsafe partial class CPython
{
    /// <summary>The calling convention of a <c>PyMethodDef</c>: self, arguments, number of positional ones, names of keywords or 0.</summary>
    public const int METH_FASTCALL = 0x80, METH_KEYWORDS = 0x2;

    /// <summary>The version that modules made by hand name.</summary>
    public const int PYTHON_API_VERSION = 1013;

    /// <summary>A method definition, self, and the name of the module.</summary>
    public static delegate* unmanaged[Cdecl]<PyMethodDef*, nint, nint, nint> PyCFunction_NewEx;

    public static delegate* unmanaged[Cdecl]<nint, int, nint> PyModule_Create2;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void*> PyModule_GetState;
    public static delegate* unmanaged[Cdecl]<nint, nint, void> PyErr_SetObject;

    /// <summary>Its address: as a function of a method table it calls self, whatever the arguments.</summary>
    public static nint PyObject_CallNoArgs;

    /// <summary>The size of what each object begins with, <c>PyObject_HEAD</c>.</summary>
    public static nint HeadSize => typeOffset + sizeof(nint);

    private static void BindFunctions(NativeExports exports)
    {
        PyCFunction_NewEx = (delegate* unmanaged[Cdecl]<PyMethodDef*, nint, nint, nint>)exports.Required("PyCFunction_NewEx");
        PyModule_Create2 = (delegate* unmanaged[Cdecl]<nint, int, nint>)exports.Required("PyModule_Create2");
        PyModule_GetState = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void*>)exports.Required("PyModule_GetState");
        PyErr_SetObject = (delegate* unmanaged[Cdecl]<nint, nint, void>)exports.Required("PyErr_SetObject");
        PyObject_CallNoArgs = exports.Required("PyObject_CallNoArgs");
    }

    /// <summary>A function's entry in a method table; part of the stable ABI.</summary>
    public struct PyMethodDef
    {
        public byte* Name;
        public nint Function;
        public int Flags;
        public byte* Doc;
    }

    /// <summary>What follows the head of a <c>PyModuleDef</c>; part of the stable ABI.</summary>
    public struct PyModuleDefBody
    {
        public nint Init, Index, Copy;
        public byte* Name, Doc;
        public nint Size, Methods, Slots, Traverse, Clear, Free;
    }
}
