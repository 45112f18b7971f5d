using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>Finds the converter of a .NET type: the closed list of types, and what was registered.</summary>
/// <remarks>No code is made at run time: every converter is a generic instantiation that stands here, so ahead-of-time compilation sees them all.</remarks>
internal static class FromPython
{
    private static readonly ConcurrentDictionary<Type, Converter> Found = new();

    /// <summary>Converts a borrowed reference. The caller holds the GIL.</summary>
    /// <exception cref="InvalidCastException">The object has a wrong type, or <typeparamref name="T"/> is no type that PyEmbed converts to.</exception>
    /// <exception cref="OverflowException">The object's value is out of the range of <typeparamref name="T"/>.</exception>
    public static T Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(nint value) =>
        Get<T>().Read(value);

    /// <summary>The converter of a type known when the code is compiled.</summary>
    /// <exception cref="InvalidCastException"><typeparamref name="T"/> is no type that PyEmbed converts to.</exception>
    public static Converter<T> Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>() => Typed<T>.Converter ?? Typed<T>.Resolve();

    /// <summary>The converter of a type other than a tuple; null where there is none.</summary>
    public static Converter? Find(Type type)
    {
        if (Found.TryGetValue(type, out Converter? known))
        {
            return known;
        }

        Converter? converter = FindBuiltIn(type) ?? RegisteredConverters.Find(type);
        // What is remembered for ever would keep a plug-in from being unloaded.
        return converter == null || type.IsCollectible ? converter : Found.GetOrAdd(type, converter);
    }

    /// <summary>The converter of a type of the closed list, tuples excepted.</summary>
    public static Converter? FindBuiltIn(Type type)
    {
        if (type.IsEnum)
        {
            return new EnumConverter(type);
        }

        if (Nullable.GetUnderlyingType(type) is { IsEnum: true } constants)
        {
            return new BoxedNullableConverter(new EnumConverter(constants));
        }

        if (ScalarFamily.Find(type) is { } scalar)
        {
            return scalar.Converter;
        }

        // The type of the items: of the array, the only or the last type argument.
        Type? item = type.IsSZArray ? type.GetElementType() : type.IsConstructedGenericType ? type.GenericTypeArguments[^1] : null;
        return item == null ? null : ScalarFamily.Find(item)?.CreateContainer(type);
    }

    public static InvalidCastException Unsupported(Type type) =>
        new($"Python objects cannot be converted to {type}: it is not among the types that PythonObject.As lists. Register a conversion with PythonConverter.Register.");

    private static bool IsTuple(Type type) =>
        type.IsValueType && type.IsConstructedGenericType && typeof(ITuple).IsAssignableFrom(type) && type.GenericTypeArguments.Length < 8;

    private static class Typed<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>
    {
        public static Converter<T>? Converter { get; private set; }

        // Not cached while there is none: it may be registered later.
        public static Converter<T> Resolve()
        {
            Converter found = Find(typeof(T)) ?? (IsTuple(typeof(T)) ? new TupleConverter<T>() : throw Unsupported(typeof(T)));
            return Converter = found as Converter<T> ?? new UnboxingConverter<T>(found);
        }
    }
}
