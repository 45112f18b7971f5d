namespace PyEmbed.Interop;

/// <content>Containers: https://docs.python.org/3/c-api/tuple.html, list.html and dict.html.</content>
internal static unsafe partial class CPython
{
    public static delegate* unmanaged[Cdecl]<nint, nint> PyTuple_New;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint> PyTuple_Size;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint> PyTuple_GetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, int> PyTuple_SetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyList_New;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint> PyList_Size;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint> PyList_GetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, int> PyList_SetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint, int> PyList_Append;
    public static delegate* unmanaged[Cdecl]<nint> PyDict_New;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyDict_Size;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint> PyDict_GetItemWithError;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, int> PyDict_SetItem;
    public static delegate* unmanaged[Cdecl]<nint, byte*, nint, int> PyDict_SetItemString;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyMapping_Items;
    public static delegate* unmanaged[Cdecl]<nint, int> PyMapping_Check;

    private static void BindContainers(NativeExports exports)
    {
        PyTuple_New = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyTuple_New");
        PyTuple_Size = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint>)exports.Required("PyTuple_Size");
        PyTuple_GetItem = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint>)exports.Required("PyTuple_GetItem");
        PyTuple_SetItem = (delegate* unmanaged[Cdecl]<nint, nint, nint, int>)exports.Required("PyTuple_SetItem");
        PyList_New = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyList_New");
        PyList_Size = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint>)exports.Required("PyList_Size");
        PyList_GetItem = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint>)exports.Required("PyList_GetItem");
        PyList_SetItem = (delegate* unmanaged[Cdecl]<nint, nint, nint, int>)exports.Required("PyList_SetItem");
        PyList_Append = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyList_Append");
        PyDict_New = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyDict_New");
        PyDict_Size = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyDict_Size");
        PyDict_GetItemWithError = (delegate* unmanaged[Cdecl]<nint, nint, nint>)exports.Required("PyDict_GetItemWithError");
        PyDict_SetItem = (delegate* unmanaged[Cdecl]<nint, nint, nint, int>)exports.Required("PyDict_SetItem");
        PyDict_SetItemString = (delegate* unmanaged[Cdecl]<nint, byte*, nint, int>)exports.Required("PyDict_SetItemString");
        PyMapping_Items = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyMapping_Items");
        PyMapping_Check = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyMapping_Check");
    }
}
