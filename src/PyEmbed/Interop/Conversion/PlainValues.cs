using System.Globalization;

namespace PyEmbed.Interop;

/// <summary>Copies of whole Python values: what JSON knows, and bytes, as workers give it too. The caller holds the GIL.</summary>
internal static unsafe class PlainValues
{
    /// <summary>How deep containers may lie within each other, as in <c>_worker_values.py</c>.</summary>
    private const int Deepest = 60;

    private static readonly ObjectConverter Scalars = new();

    /// <summary>Reads a value; the reference is borrowed.</summary>
    /// <exception cref="InvalidCastException">It, or a part of it, is none of these values; the message says which part.</exception>
    public static object? Read(nint value) => Read(value, "", Deepest);

    private static object? Read(nint value, string place, int depth)
    {
        object? scalar = Scalars.Read(value);
        if (scalar is double number && !double.IsFinite(number))
        {
            throw Refused($"the float {number.ToString(CultureInfo.InvariantCulture)}, which JSON does not know", place);
        }

        if (scalar is not PythonObject other)
        {
            return scalar;
        }

        other.Dispose();
        if (depth == 0)
        {
            throw Refused($"containers nested deeper than {Deepest}, or one that holds itself", place);
        }

        if (CPython.Is(value, CPython.Py_TPFLAGS_DICT_SUBCLASS))
        {
            return ReadDict(value, place, depth);
        }

        bool isTuple = CPython.Is(value, CPython.Py_TPFLAGS_TUPLE_SUBCLASS);
        return isTuple || CPython.Is(value, CPython.Py_TPFLAGS_LIST_SUBCLASS) ? ReadItems(value, isTuple, place, depth) : ReadDerived(value, place);
    }

    // Instances of the scalars' subclasses, and what has bytes.
    private static object ReadDerived(nint value, string place)
    {
        if (CPython.Is(value, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return Integers.TryRead(value, out long number, out ulong unsigned) && unsigned == 0 ? (object)number : Integers.ReadBig(value);
        }

        if (CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
        {
            return Text.Read(value);
        }

        if (CPython.PyObject_IsInstance(value, CPython.PyFloat_Type) == 1)
        {
            return FromPython.Read<double>(value);
        }

        return CPython.PyObject_CheckBuffer(value) != 0
            ? Bytes.Read(value)
            : throw Refused($"an object of type '{PythonErrors.TypeName(CPython.TypeOf(value))}'", place);
    }

    private static List<object?> ReadItems(nint value, bool isTuple, string place, int depth)
    {
        nint count = isTuple ? CPython.PyTuple_Size(value) : CPython.PyList_Size(value);
        List<object?> items = new((int)Math.Min(count, Array.MaxLength));

        // Threads of Python may shorten a list where reading an item lets go of the GIL.
        for (nint i = 0; i < (isTuple ? count : CPython.PyList_Size(value)); i++)
        {
            using PyRef item = PyRef.Own(PyRef.New(isTuple ? CPython.PyTuple_GetItem(value, i) : CPython.PyList_GetItem(value, i)));
            items.Add(Read(item.Value, $"{place}[{i}]", depth - 1));
        }

        return items;
    }

    private static Dictionary<string, object?> ReadDict(nint value, string place, int depth)
    {
        using PyRef members = PyRef.Take(CPython.PyMapping_Items(value));
        nint count = CPython.PyList_Size(members.Value);
        Dictionary<string, object?> read = new((int)Math.Min(count, Array.MaxLength));
        for (nint i = 0; i < count; i++)
        {
            nint member = CPython.PyList_GetItem(members.Value, i);
            if (!CPython.Is(member, CPython.Py_TPFLAGS_TUPLE_SUBCLASS) || CPython.PyTuple_Size(member) != 2)
            {
                throw Refused($"a '{PythonErrors.TypeName(CPython.TypeOf(value))}' whose items() are no pairs", place);
            }

            nint key = CPython.PyTuple_GetItem(member, 0);
            if (!CPython.Is(key, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
            {
                throw Refused($"a dict with a key of type '{PythonErrors.TypeName(CPython.TypeOf(key))}' (keys are text)", place);
            }

            string name = Text.Read(key);
            read[name] = Read(CPython.PyTuple_GetItem(member, 1), $"{place}['{name}']", depth - 1);
        }

        return read;
    }

    private static InvalidCastException Refused(string what, string place) =>
        new($"The script's result has {what}{(place.Length == 0 ? "" : $", at result{place}")}. Results are None, bool, int, finite float, str, bytes, lists, tuples, and dicts of these with text for keys; ask for another .NET type by RunScript<T>.");
}
