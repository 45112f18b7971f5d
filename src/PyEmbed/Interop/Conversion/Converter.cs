using System.Diagnostics.CodeAnalysis;

namespace PyEmbed.Interop;

/// <summary>Reads .NET values of one type out of Python objects. The caller holds the GIL.</summary>
internal abstract class Converter
{
    /// <summary>Reads a value; the reference is borrowed.</summary>
    public abstract object? ReadBoxed(nint value);

    /// <summary>The error for an object of a wrong type. Names the Python type and the .NET type.</summary>
    [DoesNotReturn]
    protected static void ThrowWrongType(nint value, Type target, string? remedy = null) =>
        throw new InvalidCastException(
            value == CPython.Py_None
                ? $"Python's None cannot be converted to {target}{(target.IsValueType ? $"; ask for {target.Name}? where it may come" : "")}."
                : $"A Python object of type '{PythonErrors.TypeName(CPython.TypeOf(value))}' cannot be converted to {target}{remedy}.");
}

/// <inheritdoc/>
internal abstract class Converter<T> : Converter
{
    /// <inheritdoc cref="Converter.ReadBoxed"/>
    public abstract T Read(nint value);

    public override object? ReadBoxed(nint value) => Read(value);

    protected static void ThrowWrongType(nint value, string? remedy = null) => ThrowWrongType(value, typeof(T), remedy);
}
