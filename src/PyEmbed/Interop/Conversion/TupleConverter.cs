using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace PyEmbed.Interop;

/// <summary>Value tuples of up to seven items out of tuples of the same length.</summary>
internal sealed unsafe class TupleConverter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T> : Converter<T>
{
    private readonly FieldInfo[] fields = new FieldInfo[typeof(T).GenericTypeArguments.Length];
    private readonly Converter[] converters = new Converter[typeof(T).GenericTypeArguments.Length];

    public TupleConverter()
    {
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = typeof(T).GetField($"Item{i + 1}")!;
            converters[i] = FromPython.Find(fields[i].FieldType) ?? throw FromPython.Unsupported(fields[i].FieldType);
        }
    }

    public override T Read(nint value)
    {
        if (!CPython.Is(value, CPython.Py_TPFLAGS_TUPLE_SUBCLASS))
        {
            ThrowWrongType(value);
        }

        nint count = CPython.PyTuple_Size(value);
        if (count != fields.Length)
        {
            throw new InvalidCastException($"A Python tuple of {count} items cannot be converted to {typeof(T)}, which has {fields.Length}.");
        }

        // Boxed, because reflection sets the fields: a generic method for each number of items would need one instantiation for each combination of types.
        object tuple = default(T)!;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].SetValue(tuple, converters[i].ReadBoxed(CPython.PyTuple_GetItem(value, i)));
        }

        return (T)tuple;
    }
}
