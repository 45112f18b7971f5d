namespace PyEmbed.Interop;

/// <content>Numbers: https://docs.python.org/3/c-api/long.html, float.html and number.html.</content>
internal static unsafe partial class CPython
{
    public static nint PyLong_Type, PyBool_Type, PyFloat_Type;

    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<long, nint> PyLong_FromLongLong;
    public static delegate* unmanaged[Cdecl]<ulong, nint> PyLong_FromUnsignedLongLong;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int*, long> PyLong_AsLongLongAndOverflow;
    public static delegate* unmanaged[Cdecl]<nint, ulong> PyLong_AsUnsignedLongLong;
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<double, nint> PyFloat_FromDouble;
    public static delegate* unmanaged[Cdecl]<nint, double> PyFloat_AsDouble;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyNumber_Index;
    public static delegate* unmanaged[Cdecl]<nint, int> PyIndex_Check;

    private static void BindNumbers(NativeExports exports)
    {
        PyLong_Type = exports.Required("PyLong_Type");
        PyBool_Type = exports.Required("PyBool_Type");
        PyFloat_Type = exports.Required("PyFloat_Type");
        PyLong_FromLongLong = (delegate* unmanaged[Cdecl, SuppressGCTransition]<long, nint>)exports.Required("PyLong_FromLongLong");
        PyLong_FromUnsignedLongLong = (delegate* unmanaged[Cdecl]<ulong, nint>)exports.Required("PyLong_FromUnsignedLongLong");
        PyLong_AsLongLongAndOverflow = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int*, long>)exports.Required("PyLong_AsLongLongAndOverflow");
        PyLong_AsUnsignedLongLong = (delegate* unmanaged[Cdecl]<nint, ulong>)exports.Required("PyLong_AsUnsignedLongLong");
        PyFloat_FromDouble = (delegate* unmanaged[Cdecl, SuppressGCTransition]<double, nint>)exports.Required("PyFloat_FromDouble");
        PyFloat_AsDouble = (delegate* unmanaged[Cdecl]<nint, double>)exports.Required("PyFloat_AsDouble");
        PyNumber_Index = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyNumber_Index");
        PyIndex_Check = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyIndex_Check");
    }
}
