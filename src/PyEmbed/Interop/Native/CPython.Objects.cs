using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <content>Objects, attributes, items, calls: https://docs.python.org/3/c-api/object.html and call.html.</content>
internal static unsafe partial class CPython
{
    /// <summary>Passed with the number of arguments: the slot before the first argument may be overwritten by the callee.</summary>
    public static readonly nuint PY_VECTORCALL_ARGUMENTS_OFFSET = (nuint)1 << (8 * sizeof(nint) - 1);

    /// <summary>The comparison <c>==</c> of <see cref="PyObject_RichCompareBool"/>.</summary>
    public const int Py_EQ = 2;

    /// <summary>Bits of <c>tp_flags</c> that tell the built-in bases of a type.</summary>
    public const ulong
        Py_TPFLAGS_LONG_SUBCLASS = 1UL << 24,
        Py_TPFLAGS_LIST_SUBCLASS = 1UL << 25,
        Py_TPFLAGS_TUPLE_SUBCLASS = 1UL << 26,
        Py_TPFLAGS_BYTES_SUBCLASS = 1UL << 27,
        Py_TPFLAGS_UNICODE_SUBCLASS = 1UL << 28,
        Py_TPFLAGS_DICT_SUBCLASS = 1UL << 29;

    public static nint Py_None, Py_True, Py_False, PyType_Type;

    private static delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint> vectorcall;

    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void> Py_IncRef;
    public static delegate* unmanaged[Cdecl]<nint, void> Py_DecRef;

    /// <summary>Gives back a reference to what <see cref="IsPlainNumber"/> is true of: that it goes runs no Python code and takes no time.</summary>
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void> Py_DecRefPlain;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint> PyObject_GetAttr;
    public static delegate* unmanaged[Cdecl]<nint, byte*, nint> PyObject_GetAttrString;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, int> PyObject_SetAttr;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint> PyObject_GetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint, nint, int> PyObject_SetItem;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyObject_Hash;
    public static delegate* unmanaged[Cdecl]<nint, nint, int, int> PyObject_RichCompareBool;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyObject_Str;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyObject_GetIter;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyIter_Next;
    public static delegate* unmanaged[Cdecl]<nint, nint, int> PyObject_IsInstance;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint> PyType_GetFlags;

    /// <summary>A call with positional arguments as an array, and a dict of keyword arguments or 0.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint> PyObject_VectorcallDict;

    /// <summary>A method call without a bound method: name, self and arguments, their number, names of keywords or 0.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint> PyObject_VectorcallMethod;

    /// <summary>A call with positional arguments and, after them, those whose names the tuple holds.</summary>
    /// <remarks>Exported from 3.11 on; before, the names become a dict, as the function itself makes it for callables that want one.</remarks>
    public static nint PyObject_Vectorcall(nint callable, nint* arguments, nuint count, nint names)
    {
        if (vectorcall != null)
        {
            return vectorcall(callable, arguments, count, names);
        }

        nint keywords = PyDict_New();
        nint positional = (nint)(count & ~PY_VECTORCALL_ARGUMENTS_OFFSET);
        bool complete = keywords != 0;
        for (nint i = 0; complete && i < PyTuple_Size(names); i++)
        {
            complete = PyDict_SetItem(keywords, PyTuple_GetItem(names, i), arguments[positional + i]) == 0;
        }

        nint result = complete ? PyObject_VectorcallDict(callable, arguments, count, keywords) : 0;
        if (keywords != 0)
        {
            Py_DecRef(keywords);
        }

        return result;
    }

    /// <summary>Gives back a reference.</summary>
    /// <remarks>For handlers and try blocks, in which the JIT does not call unmanaged code inline.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Release(nint value)
    {
        if (IsPlainNumber(value))
        {
            Py_DecRefPlain(value);
        }
        else
        {
            ReleaseOther(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReleaseOther(nint value) => Py_DecRef(value);

    /// <summary>Whether an object is an int, a bool or a float, and not of a class derived from them.</summary>
    public static bool IsPlainNumber(nint value)
    {
        nint type = TypeOf(value);
        return type == PyLong_Type || type == PyFloat_Type || type == PyBool_Type;
    }

    /// <summary>Whether the type of an object has any of the <c>Py_TPFLAGS_…_SUBCLASS</c> bits.</summary>
    public static bool Is(nint value, ulong flag) => (PyType_GetFlags(TypeOf(value)) & (nuint)flag) != 0;

    private static void BindObjects(NativeExports exports)
    {
        Py_None = exports.Required("_Py_NoneStruct");
        Py_True = exports.Required("_Py_TrueStruct");
        Py_False = exports.Required("_Py_FalseStruct");
        PyType_Type = exports.Required("PyType_Type");
        Py_IncRef = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void>)exports.Required("Py_IncRef");
        Py_DecRef = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("Py_DecRef");
        Py_DecRefPlain = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, void>)exports.Required("Py_DecRef");
        PyObject_GetAttr = (delegate* unmanaged[Cdecl]<nint, nint, nint>)exports.Required("PyObject_GetAttr");
        PyObject_GetAttrString = (delegate* unmanaged[Cdecl]<nint, byte*, nint>)exports.Required("PyObject_GetAttrString");
        PyObject_SetAttr = (delegate* unmanaged[Cdecl]<nint, nint, nint, int>)exports.Required("PyObject_SetAttr");
        PyObject_GetItem = (delegate* unmanaged[Cdecl]<nint, nint, nint>)exports.Required("PyObject_GetItem");
        PyObject_SetItem = (delegate* unmanaged[Cdecl]<nint, nint, nint, int>)exports.Required("PyObject_SetItem");
        PyObject_Hash = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyObject_Hash");
        PyObject_RichCompareBool = (delegate* unmanaged[Cdecl]<nint, nint, int, int>)exports.Required("PyObject_RichCompareBool");
        PyObject_Str = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyObject_Str");
        PyObject_GetIter = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyObject_GetIter");
        PyIter_Next = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyIter_Next");
        PyObject_IsInstance = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyObject_IsInstance");
        PyType_GetFlags = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint>)exports.Required("PyType_GetFlags");
        PyObject_VectorcallDict = (delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint>)exports.Required("PyObject_VectorcallDict");
        vectorcall = (delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint>)exports.Optional("PyObject_Vectorcall");
        PyObject_VectorcallMethod = (delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint, nint>)exports.Required("PyObject_VectorcallMethod");
    }
}
