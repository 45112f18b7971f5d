namespace PyEmbed.Interop;

/// <summary>
/// Reads from objects where a failure is no error: whatever fails here gives nothing and leaves no exception pending.
/// So an error comes through that is being described.
/// </summary>
internal static unsafe class Guarded
{
    /// <summary>The reference of a result; an empty one, and the exception gone, where the call failed.</summary>
    public static PyRef Result(nint reference)
    {
        if (reference == 0)
        {
            Clear();
        }

        return PyRef.Own(reference);
    }

    /// <summary>An attribute, or an empty reference.</summary>
    /// <param name="value">Borrowed; 0 gives an empty reference.</param>
    /// <param name="name">A literal, so that it ends in NUL.</param>
    public static PyRef Attribute(nint value, ReadOnlySpan<byte> name) => value == 0 ? PyRef.Own(0) : Result(CPython.PyObject_GetAttrString(value, Text.Ascii(name)));

    /// <summary>The text of an attribute that is a str, or null.</summary>
    public static string? TextAttribute(nint value, ReadOnlySpan<byte> name)
    {
        using PyRef attribute = Attribute(value, name);
        return TextOf(attribute.Value);
    }

    /// <summary>An attribute that is an int, or 0.</summary>
    public static int IntAttribute(nint value, ReadOnlySpan<byte> name)
    {
        using PyRef attribute = Attribute(value, name);
        return attribute.Value != 0 && CPython.Is(attribute.Value, CPython.Py_TPFLAGS_LONG_SUBCLASS) && Integers.TryRead(attribute.Value, out long number, out _)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : 0;
    }

    /// <summary>The text of a str, or null for 0 and other objects.</summary>
    public static string? TextOf(nint value) => value != 0 && CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) ? Text.Read(value) : null;

    /// <summary>What str() gives, or null where it fails.</summary>
    public static string? Str(nint value)
    {
        using PyRef text = Result(CPython.PyObject_Str(value));
        return TextOf(text.Value);
    }

    /// <summary>A module, imported where it is not yet; empty where that fails.</summary>
    public static PyRef Module(ReadOnlySpan<byte> name) => Result(PythonCode.Own(name));

    /// <summary>Calls an attribute; empty where either fails.</summary>
    public static PyRef Call(nint value, ReadOnlySpan<byte> name, params ReadOnlySpan<nint> arguments)
    {
        using PyRef callable = Attribute(value, name);
        if (callable.Value == 0)
        {
            return PyRef.Own(0);
        }

        fixed (nint* first = arguments)
        {
            return Result(CPython.PyObject_VectorcallDict(callable.Value, first, (nuint)arguments.Length, 0));
        }
    }

    /// <summary>Drops the pending exception. An interrupt by the user that fell into it is raised again later.</summary>
    public static void Clear()
    {
        if (CPython.PyErr_Occurred() == 0)
        {
            return;
        }

        bool interrupted = CPython.PyErr_ExceptionMatches(CPython.PyExc_KeyboardInterrupt) != 0;
        CPython.PyErr_Clear();
        if (interrupted)
        {
            CPython.PyErr_SetInterrupt();
        }
    }
}
