namespace PyEmbed.Interop;

/// <summary>The Python exception that fits a .NET exception. The caller holds the GIL.</summary>
internal static unsafe class ExceptionTypes
{
    // Numbers that all systems share; the others come from the exception.
    private const int ENOENT = 2, EACCES = 13;

    // HRESULTs of Windows errors, whose low half is the error.
    private const int Win32Facility = unchecked((int)0x80070000);

    /// <summary>A new reference to an exception instance with a message.</summary>
    public static nint New(Exception thrown, string message)
    {
        switch (thrown)
        {
            case FileNotFoundException missing:
                return NewOSError(ENOENT, message, missing.FileName);
            case DirectoryNotFoundException:
                return NewOSError(ENOENT, message, null);
            case UnauthorizedAccessException:
                return NewOSError(EACCES, message, null);
            case EndOfStreamException:
                return New("EOFError", message);
            case IOException when thrown.HResult is > 0 and < 1000:
                return NewOSError(thrown.HResult, message, null); // On Unix the runtime leaves errno there.
            case IOException when (thrown.HResult & unchecked((int)0xFFFF0000)) == Win32Facility:
                return NewOSError(0, message, null, thrown.HResult & 0xFFFF);
            case OperationCanceledException:
                return NewCancelledError(message);
            default:
                return New(NameOf(thrown), message);
        }
    }

    private static string NameOf(Exception thrown) => thrown switch
    {
        ArgumentException or FormatException => "ValueError",
        InvalidCastException => "TypeError",
        KeyNotFoundException => "KeyError",
        IndexOutOfRangeException => "IndexError",
        DivideByZeroException => "ZeroDivisionError",
        OverflowException => "OverflowError",
        ArithmeticException => "ArithmeticError",
        TimeoutException => "TimeoutError",
        NotImplementedException => "NotImplementedError",
        InsufficientExecutionStackException => "RecursionError",
        OutOfMemoryException => "MemoryError",
        IOException => "OSError",
        _ => "RuntimeError",
    };

    private static nint New(string type, string message)
    {
        using PyRef text = PyRef.Take(Text.New(message));
        nint argument = text.Value;
        return PyRef.Checked(CPython.PyObject_VectorcallDict(CPython.PyExc(type), &argument, 1, 0));
    }

    // OSError itself chooses the subclass by the number, as FileNotFoundError.
    private static nint NewOSError(int number, string message, string? path, int windowsError = 0)
    {
        using PyRef code = PyRef.Take(CPython.PyLong_FromLongLong(number));
        using PyRef text = PyRef.Take(Text.New(message));
        using PyRef file = PyRef.Take(path is null ? PyRef.New(CPython.Py_None) : Text.New(path));
        using PyRef error = PyRef.Take(CPython.PyLong_FromLongLong(windowsError));
        nint* arguments = stackalloc nint[] { code.Value, text.Value, file.Value, error.Value };
        return PyRef.Checked(CPython.PyObject_VectorcallDict(CPython.PyExc("OSError"), arguments, windowsError == 0 ? path is null ? 2u : 3u : 4u, 0));
    }

    private static nint NewCancelledError(string message)
    {
        using PyRef module = Guarded.Module("concurrent.futures"u8);
        using PyRef type = Guarded.Attribute(module.Value, "CancelledError"u8);
        if (type.Value == 0)
        {
            return New("RuntimeError", message); // A host has taken the standard library away.
        }

        using PyRef text = PyRef.Take(Text.New(message));
        nint argument = text.Value;
        return PyRef.Checked(CPython.PyObject_VectorcallDict(type.Value, &argument, 1, 0));
    }
}
