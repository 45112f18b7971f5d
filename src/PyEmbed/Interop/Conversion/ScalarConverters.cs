using System.Numerics;

namespace PyEmbed.Interop;

internal sealed class BooleanConverter : Converter<bool>
{
    public override bool Read(nint value)
    {
        // Truth is asked of no other object: that is Python's bool(), and a call away.
        if (value != CPython.Py_True && value != CPython.Py_False)
        {
            ThrowWrongType(value);
        }

        return value == CPython.Py_True;
    }
}

/// <summary>The integer types of up to 64 bits.</summary>
internal sealed class IntegerConverter<T> : Converter<T>
    where T : struct, IBinaryInteger<T>
{
    public override T Read(nint value) => CPython.Is(value, CPython.Py_TPFLAGS_LONG_SUBCLASS) ? ReadInt(value) : ReadIndex(value);

    private static T ReadIndex(nint value)
    {
        using PyRef integer = PyRef.Own(Integers.Index(value));
        if (integer.Value == 0)
        {
            ThrowWrongType(value);
        }

        return ReadInt(integer.Value);
    }

    private static T ReadInt(nint integer)
    {
        if (!Integers.TryRead(integer, out long signed, out ulong unsigned))
        {
            throw new OverflowException($"The Python int takes more than 64 bits and is out of the range of {typeof(T)}.");
        }

        try
        {
            return unsigned != 0 ? T.CreateChecked(unsigned) : T.CreateChecked(signed);
        }
        catch (OverflowException e)
        {
            throw new OverflowException($"The Python int {(unsigned != 0 ? unsigned : signed)} is out of the range of {typeof(T)}.", e);
        }
    }
}

internal sealed class BigIntegerConverter : Converter<BigInteger>
{
    public override BigInteger Read(nint value)
    {
        using PyRef integer = PyRef.Own(Integers.Index(value));
        if (integer.Value == 0)
        {
            ThrowWrongType(value);
        }

        return Integers.ReadBig(integer.Value);
    }
}

/// <summary>Floats, ints, and whatever has <c>__float__</c>.</summary>
internal sealed unsafe class DoubleConverter : Converter<double>
{
    public override double Read(nint value) => Read(value, typeof(double));

    internal static double Read(nint value, Type target)
    {
        double number = CPython.PyFloat_AsDouble(value);
        if (number == -1.0 && CPython.PyErr_Occurred() != 0)
        {
            if (CPython.PyErr_ExceptionMatches(CPython.PyExc_OverflowError) != 0)
            {
                CPython.PyErr_Clear();
                throw new OverflowException($"The Python number is out of the range of {target}.");
            }

            ThrowFailed(value, target);
        }

        return number;
    }

    // The object's own exception, unless it cannot be a float at all.
    private static void ThrowFailed(nint value, Type target)
    {
        nint raised = CPython.PyErr_GetRaisedException();
        using PyRef method = Guarded.Attribute(CPython.TypeOf(value), "__float__"u8);
        if (method.Value == 0)
        {
            CPython.Py_DecRef(raised);
            ThrowWrongType(value, target);
        }

        CPython.PyErr_SetRaisedException(raised);
        PythonErrors.ThrowPending();
    }
}

internal sealed class SingleConverter : Converter<float>
{
    public override float Read(nint value)
    {
        double number = DoubleConverter.Read(value, typeof(float));
        float single = (float)number;
        return float.IsInfinity(single) && !double.IsInfinity(number)
            ? throw new OverflowException($"The Python float {number:R} is out of the range of {typeof(float)}.")
            : single;
    }
}

internal sealed class DecimalConverter : Converter<decimal>
{
    public override decimal Read(nint value)
    {
        if (!Decimals.TryRead(value, out decimal result))
        {
            ThrowWrongType(value, ": only a decimal.Decimal or an int is exact");
        }

        return result;
    }
}

internal sealed class CharConverter : Converter<char>
{
    public override char Read(nint value)
    {
        if (!CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
        {
            ThrowWrongType(value);
        }

        string text = Text.Read(value);
        return text.Length == 1
            ? text[0]
            : throw new InvalidCastException($"A Python str of {text.Length} UTF-16 code units cannot be converted to {typeof(char)}, which is one.");
    }
}

internal sealed class StringConverter : Converter<string?>
{
    public override string? Read(nint value)
    {
        if (CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
        {
            return Text.Read(value);
        }

        if (value != CPython.Py_None)
        {
            ThrowWrongType(value, "; ToString gives what Python's str() gives");
        }

        return null;
    }
}

internal sealed unsafe class ByteArrayConverter : Converter<byte[]?>
{
    public override byte[]? Read(nint value)
    {
        if (CPython.PyObject_CheckBuffer(value) != 0)
        {
            return Bytes.Read(value);
        }

        if (value != CPython.Py_None)
        {
            ThrowWrongType(value);
        }

        return null;
    }
}

internal sealed unsafe class ReadOnlyMemoryConverter : Converter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(nint value)
    {
        if (CPython.PyObject_CheckBuffer(value) == 0)
        {
            ThrowWrongType(value);
        }

        return Bytes.Read(value);
    }
}

internal sealed class PythonObjectConverter : Converter<PythonObject>
{
    public override PythonObject Read(nint value) => new(PyRef.New(value));
}

/// <summary>None, bool, int, float, str and bytes become their .NET counterparts; any other object is handed over as itself.</summary>
internal sealed class ObjectConverter : Converter<object?>
{
    public override object? Read(nint value)
    {
        if (value == CPython.Py_None)
        {
            return null;
        }

        nint type = CPython.TypeOf(value);
        if (type == CPython.PyUnicode_Type)
        {
            return Text.Read(value);
        }

        if (type == CPython.PyLong_Type)
        {
            return Integers.TryRead(value, out long number, out ulong unsigned) && unsigned == 0 ? (object)number : Integers.ReadBig(value);
        }

        if (type == CPython.PyFloat_Type)
        {
            return DoubleConverter.Read(value, typeof(double));
        }

        if (type == CPython.PyBool_Type)
        {
            return value == CPython.Py_True;
        }

        return type == CPython.PyBytes_Type ? Bytes.Read(value) : new PythonObject(PyRef.New(value));
    }
}

/// <summary>An int as an enum's constant, named or not, in the range of the underlying type.</summary>
internal sealed class EnumConverter(Type type) : Converter
{
    public override object ReadBoxed(nint value)
    {
        using PyRef integer = PyRef.Own(Integers.Index(value));
        if (integer.Value == 0)
        {
            ThrowWrongType(value, type);
        }

        bool fits = Integers.TryRead(integer.Value, out long signed, out ulong unsigned);
        object constant = unsigned != 0 ? Enum.ToObject(type, unsigned) : Enum.ToObject(type, signed);

        // ToObject cuts off what the underlying type does not hold.
        BigInteger held = BigInteger.Parse(((Enum)constant).ToString("D"), System.Globalization.CultureInfo.InvariantCulture);
        return fits && held == (unsigned != 0 ? unsigned : (BigInteger)signed)
            ? constant
            : throw new OverflowException($"The Python int is out of the range of {type}.");
    }
}
