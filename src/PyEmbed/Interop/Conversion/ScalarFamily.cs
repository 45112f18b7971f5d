using System.Numerics;

namespace PyEmbed.Interop;

/// <summary>A scalar type's converter, and those of the containers of that type.</summary>
internal abstract class ScalarFamily
{
    public abstract Converter Converter { get; }

    /// <summary>The family of the nullable type; null where the scalar is no value type.</summary>
    public virtual ScalarFamily? Nullable => null;

    /// <summary>The converter of an array, list or dictionary of this scalar; null for other types.</summary>
    public abstract Converter? CreateContainer(Type type);

    /// <summary>The family of a scalar type or of its nullable; null for types that are no scalars.</summary>
    public static ScalarFamily? Find(Type type) => System.Nullable.GetUnderlyingType(type) is { } underlying ? FindExact(underlying)?.Nullable : FindExact(type);

    private static ScalarFamily? FindExact(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.Boolean => new ValueFamily<bool>(new BooleanConverter()),
        TypeCode.SByte => new ValueFamily<sbyte>(new IntegerConverter<sbyte>()),
        TypeCode.Byte => new ValueFamily<byte>(new IntegerConverter<byte>()),
        TypeCode.Int16 => new ValueFamily<short>(new IntegerConverter<short>()),
        TypeCode.UInt16 => new ValueFamily<ushort>(new IntegerConverter<ushort>()),
        TypeCode.Int32 => new ValueFamily<int>(new IntegerConverter<int>()),
        TypeCode.UInt32 => new ValueFamily<uint>(new IntegerConverter<uint>()),
        TypeCode.Int64 => new ValueFamily<long>(new IntegerConverter<long>()),
        TypeCode.UInt64 => new ValueFamily<ulong>(new IntegerConverter<ulong>()),
        TypeCode.Single => new ValueFamily<float>(new SingleConverter()),
        TypeCode.Double => new ValueFamily<double>(new DoubleConverter()),
        TypeCode.Decimal => new ValueFamily<decimal>(new DecimalConverter()),
        TypeCode.Char => new ValueFamily<char>(new CharConverter()),
        TypeCode.String => new Family<string?>(new StringConverter()),
        _ when type == typeof(BigInteger) => new ValueFamily<BigInteger>(new BigIntegerConverter()),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ValueFamily<ReadOnlyMemory<byte>>(new ReadOnlyMemoryConverter()),
        _ when type == typeof(byte[]) => new Family<byte[]?>(new ByteArrayConverter()),
        _ when type == typeof(PythonObject) => new Family<PythonObject>(new PythonObjectConverter()),
        _ when type == typeof(object) => new Family<object?>(new ObjectConverter()),
        _ => null,
    };

    private class Family<T>(Converter<T> converter) : ScalarFamily
    {
        public override Converter Converter => converter;

        public override Converter? CreateContainer(Type type)
        {
            if (type == typeof(T[]))
            {
                return new ListConverter<T>(converter, type, asArray: true);
            }

            if (type == typeof(List<T>) || type == typeof(IReadOnlyList<T>) || type == typeof(IReadOnlyCollection<T>)
                || type == typeof(IList<T>) || type == typeof(ICollection<T>) || type == typeof(IEnumerable<T>))
            {
                return new ListConverter<T>(converter, type, asArray: false);
            }

            return (Converter?)CreateDictionary<string>(type, new StringConverter()!)
                ?? (Converter?)CreateDictionary(type, new IntegerConverter<int>())
                ?? (Converter?)CreateDictionary(type, new IntegerConverter<long>())
                ?? CreateDictionary<object>(type, new ObjectConverter()!);
        }

        private DictionaryConverter<TKey, T>? CreateDictionary<TKey>(Type type, Converter<TKey> key)
            where TKey : notnull =>
            type == typeof(Dictionary<TKey, T>) || type == typeof(IReadOnlyDictionary<TKey, T>) || type == typeof(IDictionary<TKey, T>)
                ? new DictionaryConverter<TKey, T>(key, converter, type)
                : null;
    }

    private sealed class ValueFamily<T>(Converter<T> converter) : Family<T>(converter)
        where T : struct
    {
        private readonly Converter<T> converter = converter;

        public override ScalarFamily Nullable => new Family<T?>(new NullableConverter<T>(converter));
    }
}
