using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>The path that a Python object means, read once: what is decided on is what the system then gets.</summary>
internal static unsafe class PathArgument
{
    /// <summary>A str or bytes, of the type itself, for what has <c>__fspath__</c>; the object itself where it is one. A subclass may be taken for a number: it can have <c>__index__</c>.</summary>
    /// <returns>A new reference, or 0 with an exception pending.</returns>
    public static nint Plain(nint value)
    {
        nint path = CapabilityApi.PyOS_FSPath(value);
        if (path == 0 || CPython.TypeOf(path) == CapabilityApi.PyUnicode_Type || CPython.TypeOf(path) == CPython.PyBytes_Type)
        {
            return path;
        }

        using PyRef subclass = PyRef.Own(path);
        byte* start;
        nint length;
        return CPython.Is(path, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) ? CapabilityApi.PyUnicode_FromObject(path)
            : CPython.PyBytes_AsStringAndSize(path, &start, &length) == 0 ? CPython.PyBytes_FromStringAndSize(start, length) : 0;
    }

    /// <summary>Whether an object is a str or bytes, whose contents nobody can change.</summary>
    public static bool IsText(nint value) => CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS | CPython.Py_TPFLAGS_BYTES_SUBCLASS);

    /// <summary>The bytes that the system gets for a str or bytes. Runs no Python code.</summary>
    /// <returns>False with an exception pending.</returns>
    public static bool TryRead(nint text, out byte[] path)
    {
        path = [];
        byte* start;
        nint length;
        if (CPython.Is(text, CPython.Py_TPFLAGS_BYTES_SUBCLASS))
        {
            if (CPython.PyBytes_AsStringAndSize(text, &start, &length) != 0)
            {
                return false;
            }

            path = new ReadOnlySpan<byte>(start, checked((int)length)).ToArray();
        }
        else
        {
            start = CPython.PyUnicode_AsUTF8AndSize(text, &length);
            if (start != null)
            {
                path = new ReadOnlySpan<byte>(start, checked((int)length)).ToArray();
            }
            else if (!TryReadEscaped(text, out path))
            {
                return false;
            }
        }

        if (path.AsSpan().Contains((byte)0))
        {
            Denied.RaiseValue("embedded null byte");
            return false;
        }

        return true;
    }

    /// <summary>A str or bytes of a path, as <paramref name="like"/> is one.</summary>
    /// <returns>A new reference.</returns>
    public static nint New(ReadOnlySpan<byte> path, nint like)
    {
        fixed (byte* start = path)
        {
            return PyRef.Checked(CPython.Is(like, CPython.Py_TPFLAGS_BYTES_SUBCLASS)
                ? CPython.PyBytes_FromStringAndSize(start, path.Length)
                : CapabilityApi.PyUnicode_DecodeFSDefaultAndSize(start, path.Length));
        }
    }

    /// <summary>Whether a component of the path is <c>..</c>: where that leads changes when a folder is moved while the system walks the path.</summary>
    public static bool HasParent(ReadOnlySpan<byte> path) =>
        path.IndexOf("/../"u8) >= 0 || path.StartsWith("../"u8) || path.EndsWith("/.."u8) || path.SequenceEqual(".."u8);

    // Bytes that are no UTF-8 are surrogates in a str (PEP 383). The error handler of that name could be another's by now, that of this name is never asked.
    private static bool TryReadEscaped(nint text, out byte[] path)
    {
        path = [];
        CPython.PyErr_Clear();
        using PyRef encoded = PyRef.Own(CPython.PyUnicode_AsEncodedString(text, Text.Ascii("utf-8"u8), Text.Ascii("surrogatepass"u8)));
        byte* start;
        nint length;
        if (encoded.Value == 0 || CPython.PyBytes_AsStringAndSize(encoded.Value, &start, &length) != 0)
        {
            return false;
        }

        List<byte> bytes = new((int)length);
        for (int i = 0; i < length; i++)
        {
            // U+DC80 to U+DCFF is ED B2 80 to ED B3 BF.
            if (start[i] == 0xED && i + 2 < length && start[i + 1] >= 0xA0)
            {
                int code = ((start[i] & 0x0F) << 12) | ((start[i + 1] & 0x3F) << 6) | (start[i + 2] & 0x3F);
                if (code is < 0xDC80 or > 0xDCFF)
                {
                    Denied.RaiseValue("a path has a surrogate that stands for no byte");
                    return false;
                }

                bytes.Add((byte)(code & 0xFF));
                i += 2;
            }
            else
            {
                bytes.Add(start[i]);
            }
        }

        path = [.. bytes];
        return true;
    }
}
