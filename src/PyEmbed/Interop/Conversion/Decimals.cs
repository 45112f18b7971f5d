using System.Globalization;

namespace PyEmbed.Interop;

/// <summary><see cref="decimal"/> and <c>decimal.Decimal</c>, exactly.</summary>
internal static unsafe class Decimals
{
    /// <summary>A new reference to a <c>decimal.Decimal</c> with the same digits and the same scale.</summary>
    public static nint New(decimal value)
    {
        using PyRef text = PyRef.Own(Text.New(value.ToString(CultureInfo.InvariantCulture)));
        nint argument = text.Value;
        return PyRef.Checked(CPython.PyObject_VectorcallDict(DecimalType(), &argument, 1, 0));
    }

    /// <summary>Reads a <c>decimal.Decimal</c> or an int. False for other types.</summary>
    /// <exception cref="OverflowException">Not a number, infinite, or out of the range of <see cref="decimal"/>.</exception>
    public static bool TryRead(nint value, out decimal result)
    {
        using PyRef integer = PyRef.Own(Integers.Index(value));
        if (integer.Value != 0)
        {
            result = (decimal)Integers.ReadBig(integer.Value);
            return true;
        }

        result = 0;
        int isDecimal = CPython.PyObject_IsInstance(value, DecimalType());
        if (isDecimal <= 0)
        {
            return isDecimal == 0 ? false : throw PythonErrors.TakePending();
        }

        using PyRef text = PyRef.Take(CPython.PyObject_Str(value));
        string digits = Text.Read(text.Value);
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out result)
            ? true
            : throw new OverflowException($"The Python Decimal {digits} is out of the range of System.Decimal.");
    }

    private static nint DecimalType()
    {
        InterpreterState interpreter = InterpreterState.Current;
        if (interpreter.DecimalType == 0)
        {
            using PyRef module = PyRef.Take(PythonCode.Own("decimal"u8));
            interpreter.DecimalType = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("Decimal"u8)));
        }

        return interpreter.DecimalType;
    }
}
