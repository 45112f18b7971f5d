using System.Numerics;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>Integers across the border, of any size.</summary>
internal static unsafe class Integers
{
    /// <summary>A new reference to an int.</summary>
    public static nint New(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            return PyRef.Checked(CPython.PyLong_FromLongLong((long)value));
        }

        byte[] bytes = value.ToByteArray();
        using PyRef data = PyRef.Take(Bytes.New(bytes));
        using PyRef order = PyRef.Take(Text.New("little"));
        using PyRef keywords = Signed();
        using PyRef method = Method(CPython.PyLong_Type, "from_bytes"u8);
        nint* arguments = stackalloc nint[] { data.Value, order.Value };
        return PyRef.Checked(CPython.PyObject_VectorcallDict(method.Value, arguments, 2, keywords.Value));
    }

    /// <summary>
    /// The int itself, or the int that <c>__index__</c> gives, as a new reference; 0, no exception pending, where the object is no integer.
    /// (A float is none: PEP 357.)
    /// </summary>
    /// <exception cref="PythonException"><c>__index__</c> raised an exception.</exception>
    public static nint Index(nint value)
    {
        if (CPython.Is(value, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return PyRef.New(value);
        }

        if (CPython.PyIndex_Check(value) == 0)
        {
            return 0;
        }

        return PyRef.Checked(CPython.PyNumber_Index(value));
    }

    /// <summary>Reads an int as 64 bits, signed or else unsigned. False where it takes more.</summary>
    public static bool TryRead(nint integer, out long signed, out ulong unsigned)
    {
        unsigned = 0;
        int overflow;
        signed = CPython.PyLong_AsLongLongAndOverflow(integer, &overflow);
        if (overflow == 0)
        {
            return true;
        }

        if (overflow > 0)
        {
            unsigned = CPython.PyLong_AsUnsignedLongLong(integer);
            if (unsigned != ulong.MaxValue || CPython.PyErr_Occurred() == 0)
            {
                return true;
            }

            CPython.PyErr_Clear();
        }

        return false;
    }

    /// <summary>Reads an int of any size.</summary>
    public static BigInteger ReadBig(nint integer)
    {
        if (TryRead(integer, out long signed, out ulong unsigned))
        {
            return unsigned != 0 ? unsigned : signed;
        }

        using PyRef lengthMethod = Method(CPython.PyLong_Type, "bit_length"u8);
        nint self = integer;
        using PyRef bits = PyRef.Take(CPython.PyObject_VectorcallDict(lengthMethod.Value, &self, 1, 0));
        int overflow;
        long size = CPython.PyLong_AsLongLongAndOverflow(bits.Value, &overflow) / 8 + 1;
        if (size > Array.MaxLength)
        {
            throw new OverflowException("The Python int is larger than a BigInteger can be.");
        }

        using PyRef length = PyRef.Take(CPython.PyLong_FromLongLong(size));
        using PyRef order = PyRef.Take(Text.New("little"));
        using PyRef keywords = Signed();
        using PyRef method = Method(CPython.PyLong_Type, "to_bytes"u8);
        nint* arguments = stackalloc nint[] { integer, length.Value, order.Value };
        using PyRef data = PyRef.Take(CPython.PyObject_VectorcallDict(method.Value, arguments, 3, keywords.Value));
        return new BigInteger(Bytes.Read(data.Value));
    }

    private static PyRef Method(nint type, ReadOnlySpan<byte> name) => PyRef.Take(CPython.PyObject_GetAttrString(type, Text.Ascii(name)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PyRef Signed()
    {
        PyRef keywords = PyRef.Take(CPython.PyDict_New());
        if (CPython.PyDict_SetItemString(keywords.Value, Text.Ascii("signed"u8), CPython.Py_True) != 0)
        {
            keywords.Dispose();
            PythonErrors.ThrowPending();
        }

        return keywords;
    }
}
