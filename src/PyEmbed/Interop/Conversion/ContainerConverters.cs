namespace PyEmbed.Interop;

/// <summary>None as null, anything else as the value type's converter reads it.</summary>
internal sealed class NullableConverter<T>(Converter<T> inner) : Converter<T?>
    where T : struct
{
    public override T? Read(nint value) => value == CPython.Py_None ? null : inner.Read(value);
}

/// <summary>None as null, anything else as <paramref name="inner"/> reads it: nullable enums.</summary>
internal sealed class BoxedNullableConverter(Converter inner) : Converter
{
    public override object? ReadBoxed(nint value) => value == CPython.Py_None ? null : inner.ReadBoxed(value);
}

/// <summary>Gives a converter of boxed values the type that its user knows.</summary>
internal sealed class UnboxingConverter<T>(Converter inner) : Converter<T>
{
    public override T Read(nint value) => (T)inner.ReadBoxed(value)!;
}

/// <summary>Lists and arrays out of lists, tuples and other iterables; str, bytes and dict are refused, as iterating them is seldom meant.</summary>
internal sealed unsafe class ListConverter<T>(Converter<T> item, Type target, bool asArray) : Converter
{
    public override object? ReadBoxed(nint value)
    {
        if (value == CPython.Py_None)
        {
            return null;
        }

        List<T> items;
        if (CPython.Is(value, CPython.Py_TPFLAGS_LIST_SUBCLASS))
        {
            // Reading an item may run Python code, which may shorten the list.
            items = new List<T>((int)Math.Min(CPython.PyList_Size(value), Array.MaxLength));
            for (nint i = 0; i < CPython.PyList_Size(value); i++)
            {
                using PyRef element = PyRef.Own(PyRef.New(CPython.PyList_GetItem(value, i)));
                items.Add(item.Read(element.Value));
            }
        }
        else if (CPython.Is(value, CPython.Py_TPFLAGS_TUPLE_SUBCLASS))
        {
            nint count = CPython.PyTuple_Size(value);
            items = new List<T>((int)Math.Min(count, Array.MaxLength));
            for (nint i = 0; i < count; i++)
            {
                items.Add(item.Read(CPython.PyTuple_GetItem(value, i)));
            }
        }
        else
        {
            items = ReadIterable(value);
        }

        return asArray ? items.ToArray() : items;
    }

    private List<T> ReadIterable(nint value)
    {
        if (CPython.Is(value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS | CPython.Py_TPFLAGS_BYTES_SUBCLASS | CPython.Py_TPFLAGS_DICT_SUBCLASS) || !HasIter(value))
        {
            ThrowWrongType(value, target);
        }

        using PyRef iterator = PyRef.Take(CPython.PyObject_GetIter(value));
        var items = new List<T>();
        while (true)
        {
            using PyRef element = PyRef.Own(CPython.PyIter_Next(iterator.Value));
            if (element.Value == 0)
            {
                break;
            }

            items.Add(item.Read(element.Value));
        }

        if (CPython.PyErr_Occurred() != 0)
        {
            PythonErrors.ThrowPending();
        }

        return items;
    }

    private static bool HasIter(nint value)
    {
        using PyRef method = Guarded.Attribute(CPython.TypeOf(value), "__iter__"u8);
        return method.Value != 0;
    }
}

/// <summary>Dictionaries out of dicts and other mappings. Where two keys become equal in .NET, the later one counts.</summary>
internal sealed unsafe class DictionaryConverter<TKey, TValue>(Converter<TKey> key, Converter<TValue> item, Type target) : Converter
    where TKey : notnull
{
    public override object? ReadBoxed(nint value)
    {
        if (value == CPython.Py_None)
        {
            return null;
        }

        // A copy of the items: reading them may run Python code, which may change the mapping.
        using PyRef items = PyRef.Own(IsMapping(value) ? PyRef.Checked(CPython.PyMapping_Items(value)) : 0);
        if (items.Value == 0)
        {
            ThrowWrongType(value, target);
        }

        nint count = CPython.PyList_Size(items.Value);
        var result = new Dictionary<TKey, TValue>((int)Math.Min(count, Array.MaxLength));
        for (nint i = 0; i < count; i++)
        {
            nint pair = CPython.PyList_GetItem(items.Value, i);
            if (!CPython.Is(pair, CPython.Py_TPFLAGS_TUPLE_SUBCLASS) || CPython.PyTuple_Size(pair) != 2)
            {
                throw new InvalidCastException($"items() of the Python object of type '{PythonErrors.TypeName(CPython.TypeOf(value))}' gives something else than pairs.");
            }

            TKey converted = key.Read(CPython.PyTuple_GetItem(pair, 0)) ?? throw new InvalidCastException($"Python's None is a key and cannot be one in {target}.");
            result[converted] = item.Read(CPython.PyTuple_GetItem(pair, 1));
        }

        return result;
    }

    private static bool IsMapping(nint value)
    {
        if (CPython.Is(value, CPython.Py_TPFLAGS_DICT_SUBCLASS))
        {
            return true;
        }

        if (CPython.PyMapping_Check(value) == 0)
        {
            return false;
        }

        using PyRef method = Guarded.Attribute(CPython.TypeOf(value), "items"u8);
        return method.Value != 0;
    }
}
