using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <content>Exceptions: https://docs.python.org/3/c-api/exceptions.html.</content>
internal static unsafe partial class CPython
{
    private static nint* importError, unicodeError, overflowError, attributeError, keyboardInterrupt;

    private static delegate* unmanaged[Cdecl]<nint*, nint*, nint*, void> PyErr_Fetch;
    private static delegate* unmanaged[Cdecl]<nint*, nint*, nint*, void> PyErr_NormalizeException;
    private static delegate* unmanaged[Cdecl]<nint, nint, nint, void> PyErr_Restore;
    private static delegate* unmanaged[Cdecl]<nint, nint, int> PyException_SetTraceback;
    private static delegate* unmanaged[Cdecl]<nint> getRaisedException;
    private static delegate* unmanaged[Cdecl]<nint, void> setRaisedException;

    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint> PyErr_Occurred;
    public static delegate* unmanaged[Cdecl]<void> PyErr_Clear;
    public static delegate* unmanaged[Cdecl]<nint, int> PyErr_ExceptionMatches;
    public static delegate* unmanaged[Cdecl]<nint, nint, int> PyErr_GivenExceptionMatches;
    public static delegate* unmanaged[Cdecl]<nint, void> PyErr_WriteUnraisable;
    public static delegate* unmanaged[Cdecl]<void> PyErr_SetInterrupt;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyException_GetTraceback;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyException_GetCause;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyException_GetContext;

    /// <summary>Steals the reference to the cause.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint, void> PyException_SetCause;

    public static nint PyExc_ImportError => *importError;

    public static nint PyExc_UnicodeError => *unicodeError;

    public static nint PyExc_OverflowError => *overflowError;

    public static nint PyExc_AttributeError => *attributeError;

    public static nint PyExc_KeyboardInterrupt => *keyboardInterrupt;

    /// <summary>Borrowed reference to the type of a built-in exception; looked up, for use where an error is raised anyway.</summary>
    public static nint PyExc(string name) => *(nint*)NativeLibrary.GetExport(Library, $"PyExc_{name}");

    /// <summary>Takes the pending exception: a new reference to the instance, its traceback in place, or 0 where none is pending.</summary>
    /// <remarks>The function of this name came with 3.12; before, type, value and traceback are put together here.</remarks>
    public static nint PyErr_GetRaisedException()
    {
        if (getRaisedException != null)
        {
            return getRaisedException();
        }

        nint type, value, traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (type == 0)
        {
            return 0;
        }

        PyErr_NormalizeException(&type, &value, &traceback);
        if (traceback != 0)
        {
            _ = PyException_SetTraceback(value, traceback);
            Py_DecRef(traceback);
        }

        Py_DecRef(type);
        return value;
    }

    /// <summary>Makes an exception instance the pending one. Steals the reference.</summary>
    public static void PyErr_SetRaisedException(nint exception)
    {
        if (setRaisedException != null)
        {
            setRaisedException(exception);
            return;
        }

        nint type = TypeOf(exception);
        Py_IncRef(type);
        PyErr_Restore(type, exception, PyException_GetTraceback(exception));
    }

    private static void BindErrors(NativeExports exports)
    {
        importError = exports.RequiredVariable("PyExc_ImportError");
        unicodeError = exports.RequiredVariable("PyExc_UnicodeError");
        overflowError = exports.RequiredVariable("PyExc_OverflowError");
        keyboardInterrupt = exports.RequiredVariable("PyExc_KeyboardInterrupt");
        attributeError = exports.RequiredVariable("PyExc_AttributeError");
        if (Version >= 0x030C)
        {
            getRaisedException = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyErr_GetRaisedException");
            setRaisedException = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyErr_SetRaisedException");
        }
        else
        {
            PyErr_Fetch = (delegate* unmanaged[Cdecl]<nint*, nint*, nint*, void>)exports.Required("PyErr_Fetch");
            PyErr_NormalizeException = (delegate* unmanaged[Cdecl]<nint*, nint*, nint*, void>)exports.Required("PyErr_NormalizeException");
            PyErr_Restore = (delegate* unmanaged[Cdecl]<nint, nint, nint, void>)exports.Required("PyErr_Restore");
            PyException_SetTraceback = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyException_SetTraceback");
        }

        PyErr_Occurred = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint>)exports.Required("PyErr_Occurred");
        PyErr_Clear = (delegate* unmanaged[Cdecl]<void>)exports.Required("PyErr_Clear");
        PyErr_ExceptionMatches = (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("PyErr_ExceptionMatches");
        PyErr_GivenExceptionMatches = (delegate* unmanaged[Cdecl]<nint, nint, int>)exports.Required("PyErr_GivenExceptionMatches");
        PyErr_WriteUnraisable = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyErr_WriteUnraisable");
        PyErr_SetInterrupt = (delegate* unmanaged[Cdecl]<void>)exports.Required("PyErr_SetInterrupt");
        PyException_GetTraceback = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyException_GetTraceback");
        PyException_GetCause = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyException_GetCause");
        PyException_GetContext = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyException_GetContext");
        PyException_SetCause = (delegate* unmanaged[Cdecl]<nint, nint, void>)exports.Required("PyException_SetCause");
    }
}
