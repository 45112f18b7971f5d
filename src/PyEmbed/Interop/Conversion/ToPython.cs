using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>Makes Python objects from .NET values. The caller holds the GIL; each result is a new reference.</summary>
internal static unsafe class ToPython
{
    // Deeper than any real data: a container inside itself ends here.
    private const int DepthLimit = 1000;

    /// <summary>Converts one value.</summary>
    /// <exception cref="InvalidCastException">No Python object is made from values of that type.</exception>
    /// <exception cref="ArgumentException">The value holds containers more than 1000 levels deep, or one that contains itself.</exception>
    public static nint Convert(object? value) => Convert(value, 0);

    private static nint Convert(object? value, int depth) => value switch
    {
        null => PyRef.New(CPython.Py_None),
        PythonObject known => known.NewReference(),
        string text => Text.New(text),
        int number => PyRef.Checked(CPython.PyLong_FromLongLong(number)),
        bool truth => PyRef.New(truth ? CPython.Py_True : CPython.Py_False),
        long number => PyRef.Checked(CPython.PyLong_FromLongLong(number)),
        double number => PyRef.Checked(CPython.PyFloat_FromDouble(number)),
        float number => PyRef.Checked(CPython.PyFloat_FromDouble(number)),
        _ => ConvertLessCommon(value, depth),
    };

    private static nint ConvertLessCommon(object value, int depth)
    {
        switch (value)
        {
            case Enum constant:
                return constant.GetTypeCode() == TypeCode.UInt64
                    ? PyRef.Checked(CPython.PyLong_FromUnsignedLongLong(System.Convert.ToUInt64(constant, CultureInfo.InvariantCulture)))
                    : PyRef.Checked(CPython.PyLong_FromLongLong(System.Convert.ToInt64(constant, CultureInfo.InvariantCulture)));
            case byte number:
                return PyRef.Checked(CPython.PyLong_FromLongLong(number));
            case sbyte number:
                return PyRef.Checked(CPython.PyLong_FromLongLong(number));
            case short number:
                return PyRef.Checked(CPython.PyLong_FromLongLong(number));
            case ushort number:
                return PyRef.Checked(CPython.PyLong_FromLongLong(number));
            case uint number:
                return PyRef.Checked(CPython.PyLong_FromLongLong(number));
            case ulong number:
                return PyRef.Checked(CPython.PyLong_FromUnsignedLongLong(number));
            case BigInteger number:
                return Integers.New(number);
            case char unit:
                return Text.New([unit]);
            case decimal number:
                return Decimals.New(number);
            case byte[] data:
                return Bytes.New(data);
            case ReadOnlyMemory<byte> data:
                return Bytes.New(data.Span);
            case Memory<byte> data:
                return Bytes.New(data.Span);
            case GivenObject given:
                using (given.Value)
                {
                    return given.Value.NewReference();
                }

            case PythonKeyword keyword:
                throw new ArgumentException($"The keyword argument '{keyword.Name}' stands where no call takes it; pass it to Invoke or InvokeMethod itself.");
        }

        if (depth == DepthLimit || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ArgumentException(
                $"The value for Python holds containers {depth} levels deep or more: one contains itself, or they nest deeper than {DepthLimit} levels or than this thread's stack allows.");
        }

        if (RegisteredConverters.TryToPython(value, out object? replacement))
        {
            return Convert(replacement, depth + 1);
        }

        return value switch
        {
            ITuple tuple => NewTuple(tuple, depth + 1),
            IDictionary dictionary => NewDict(dictionary, depth + 1),
            IList list => NewList(list, depth + 1),
            _ => throw new InvalidCastException(
                $"No Python object can be made from a value of type {value.GetType()}. Convert it to a number, string, byte array, tuple, list, dictionary or PythonObject, " +
                "or register a conversion with PythonConverter.Register."),
        };
    }

    private static nint NewTuple(ITuple items, int depth)
    {
        using PyRef tuple = PyRef.Take(CPython.PyTuple_New(items.Length));
        for (int i = 0; i < items.Length; i++)
        {
            // Steals the new reference, also when it fails.
            Check(CPython.PyTuple_SetItem(tuple.Value, i, Convert(items[i], depth)));
        }

        return tuple.NewReference();
    }

    private static nint NewList(IList items, int depth)
    {
        using PyRef list = PyRef.Take(CPython.PyList_New(0));
        foreach (object? item in items)
        {
            using PyRef converted = PyRef.Own(Convert(item, depth));
            Check(CPython.PyList_Append(list.Value, converted.Value));
        }

        return list.NewReference();
    }

    private static nint NewDict(IDictionary items, int depth)
    {
        using PyRef dict = PyRef.Take(CPython.PyDict_New());
        foreach (DictionaryEntry item in items)
        {
            using PyRef key = PyRef.Own(Convert(item.Key, depth));
            using PyRef value = PyRef.Own(Convert(item.Value, depth));
            Check(CPython.PyDict_SetItem(dict.Value, key.Value, value.Value));
        }

        return dict.NewReference();
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            PythonErrors.ThrowPending();
        }
    }
}
