using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace PyEmbed.Interop;

/// <summary>
/// Strings across the border. A .NET string is UTF-16 that may hold lone surrogates, a Python str is code points that may be surrogates;
/// both may hold NUL. Both ways keep every code unit; only a pair of surrogate code points in a Python str becomes one character in .NET.
/// </summary>
internal static unsafe class Text
{
    // Attribute and method names are few and come again; names computed without end must not pile up.
    private const int InternLimit = 4096;

    /// <summary>A new reference to a str.</summary>
    public static nint New(ReadOnlySpan<char> text)
    {
        // The empty str and those of one character exist already.
        if (text.Length > 1 && System.Text.Ascii.IsValid(text))
        {
            return NewAscii(text);
        }

        fixed (char* units = &MemoryMarshal.GetReference(text))
        {
            if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                return PyRef.Checked(CPython.PyUnicode_FromKindAndData(CPython.PyUnicode_2BYTE_KIND, units, text.Length));
            }

            int order = BitConverter.IsLittleEndian ? -1 : 1;
            return PyRef.Checked(CPython.PyUnicode_DecodeUTF16((byte*)units, (nint)text.Length * sizeof(char), Ascii("surrogatepass"u8), &order));
        }
    }

    // The content of an ASCII str is its UTF-8 form too (PEP 393), so it is written right there; nobody else has the str yet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint NewAscii(ReadOnlySpan<char> text)
    {
        nint created = PyRef.Checked(CPython.PyUnicode_New(text.Length, 0x7F));
        nint length;
        byte* content = CPython.PyUnicode_AsUTF8AndSize(created, &length);
        _ = System.Text.Ascii.FromUtf16(text, new Span<byte>(content, (int)length), out _);
        return created;
    }

    /// <summary>A new reference to the interned str of a name. The caller holds the GIL.</summary>
    public static nint NewName(string name)
    {
        Dictionary<string, nint> names = InterpreterState.Current.Names;
        if (names.TryGetValue(name, out nint known))
        {
            CPython.Py_IncRef(known);
            return known;
        }

        nint created = New(name);
        CPython.PyUnicode_InternInPlace(&created);
        if (names.Count < InternLimit && names.TryAdd(name, created))
        {
            CPython.Py_IncRef(created);
        }

        return created;
    }

    /// <summary>The text of a str (or of an instance of a subclass).</summary>
    /// <exception cref="OverflowException">It is longer than a .NET string can be.</exception>
    public static string Read(nint value)
    {
        nint length;
        byte* utf8 = CPython.PyUnicode_AsUTF8AndSize(value, &length);
        if (utf8 != null)
        {
            return length <= int.MaxValue ? Encoding.UTF8.GetString(utf8, (int)length) : throw TooLong();
        }

        if (CPython.PyErr_ExceptionMatches(CPython.PyExc_UnicodeError) == 0)
        {
            PythonErrors.ThrowPending();
        }

        CPython.PyErr_Clear();
        ReadOnlySpan<byte> codec = BitConverter.IsLittleEndian ? "utf-16-le"u8 : "utf-16-be"u8;
        using PyRef encoded = PyRef.Take(CPython.PyUnicode_AsEncodedString(value, Ascii(codec), Ascii("surrogatepass"u8)));
        byte* units;
        if (CPython.PyBytes_AsStringAndSize(encoded.Value, &units, &length) != 0)
        {
            PythonErrors.ThrowPending();
        }

        return length / sizeof(char) <= int.MaxValue ? new string((char*)units, 0, (int)(length / sizeof(char))) : throw TooLong();
    }

    /// <summary>A pointer to a literal, which ends in NUL and never moves.</summary>
    public static byte* Ascii(ReadOnlySpan<byte> literal) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));

    private static OverflowException TooLong() => new("The Python str is longer than a .NET string can be.");
}
