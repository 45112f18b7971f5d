namespace PyEmbed.Interop;

/// <content>Text, bytes and buffers: https://docs.python.org/3/c-api/unicode.html, bytes.html and memoryview.html.</content>
internal static unsafe partial class CPython
{
    public const int PyBUF_READ = 0x100, PyBUF_WRITE = 0x200, PyBUF_SIMPLE = 0;

    /// <summary>Units of two bytes for <see cref="PyUnicode_FromKindAndData"/>.</summary>
    public const int PyUnicode_2BYTE_KIND = 2;

    /// <summary>Room for a <c>Py_buffer</c>, whose first two members are the pointer <c>buf</c> and the owner; the third is the length.</summary>
    public const int Py_bufferWords = 16;

    public static nint PyUnicode_Type, PyBytes_Type;

    /// <summary>A str whose characters are not yet set: their number, and the greatest code point that is to be among them.</summary>
    public static delegate* unmanaged[Cdecl]<nint, uint, nint> PyUnicode_New;
    public static delegate* unmanaged[Cdecl]<int, void*, nint, nint> PyUnicode_FromKindAndData;
    public static delegate* unmanaged[Cdecl]<byte*, nint, byte*, int*, nint> PyUnicode_DecodeUTF16;
    public static delegate* unmanaged[Cdecl]<nint, nint*, byte*> PyUnicode_AsUTF8AndSize;
    public static delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint> PyUnicode_AsEncodedString;
    public static delegate* unmanaged[Cdecl]<nint*, void> PyUnicode_InternInPlace;
    public static delegate* unmanaged[Cdecl]<byte*, nint, nint> PyBytes_FromStringAndSize;
    public static delegate* unmanaged[Cdecl]<nint, byte**, nint*, int> PyBytes_AsStringAndSize;
    public static delegate* unmanaged[Cdecl]<byte*, nint, int, nint> PyMemoryView_FromMemory;
    public static delegate* unmanaged[Cdecl]<nint, nint*, int, int> PyObject_GetBuffer;
    public static delegate* unmanaged[Cdecl]<nint*, void> PyBuffer_Release;
    public static delegate* unmanaged[Cdecl]<nint, int> PyObject_CheckBuffer;

    private static void BindStrings(NativeExports exports)
    {
        PyUnicode_Type = exports.Required("PyUnicode_Type");
        PyBytes_Type = exports.Required("PyBytes_Type");
        PyUnicode_New = (delegate* unmanaged[Cdecl]<nint, uint, nint>)exports.Required("PyUnicode_New");
        PyUnicode_FromKindAndData = (delegate* unmanaged[Cdecl]<int, void*, nint, nint>)exports.Required("PyUnicode_FromKindAndData");
        PyUnicode_DecodeUTF16 = (delegate* unmanaged[Cdecl]<byte*, nint, byte*, int*, nint>)exports.Required("PyUnicode_DecodeUTF16");
        PyUnicode_AsUTF8AndSize = (delegate* unmanaged[Cdecl]<nint, nint*, byte*>)exports.Required("PyUnicode_AsUTF8AndSize");
        PyUnicode_AsEncodedString = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)exports.Required("PyUnicode_AsEncodedString");
        PyUnicode_InternInPlace = (delegate* unmanaged[Cdecl]<nint*, void>)exports.Required("PyUnicode_InternInPlace");
        PyBytes_FromStringAndSize = (delegate* unmanaged[Cdecl]<byte*, nint, nint>)exports.Required("PyBytes_FromStringAndSize");
        PyBytes_AsStringAndSize = (delegate* unmanaged[Cdecl]<nint, byte**, nint*, int>)exports.Required("PyBytes_AsStringAndSize");
        PyMemoryView_FromMemory = (delegate* unmanaged[Cdecl]<byte*, nint, int, nint>)exports.Required("PyMemoryView_FromMemory");
        PyObject_GetBuffer = (delegate* unmanaged[Cdecl]<nint, nint*, int, int>)exports.Required("PyObject_GetBuffer");
        PyBuffer_Release = (delegate* unmanaged[Cdecl]<nint*, void>)exports.Required("PyBuffer_Release");
        PyObject_CheckBuffer = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyObject_CheckBuffer");
    }
}
