using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>Adds to the types that cross between .NET and Python.</summary>
public static class PythonConverter
{
    /// <summary>
    /// Registers how values of one more type cross, once in a process, for <see cref="PythonObject.As"/>, arguments and results.
    /// Lists and dictionaries of the type are types of their own.
    /// </summary>
    /// <typeparam name="T">A type that PyEmbed does not convert itself. To Python cross values of the type and of classes derived from it that are not nearer to another registered type;
    /// from Python <see cref="PythonObject.As"/> and results convert to exactly this type.</typeparam>
    /// <param name="fromPython">Reads a value. The object is disposed afterwards; the GIL is held meanwhile.</param>
    /// <param name="toPython">Gives a value of a type that crosses already: a number, a string, a tuple, a <see cref="PythonObject"/>. The GIL is held meanwhile.</param>
    /// <exception cref="ArgumentException">PyEmbed converts the type itself.</exception>
    /// <exception cref="InvalidOperationException">The type is registered already.</exception>
    public static void Register<T>(Func<PythonObject, T> fromPython, Func<T, object?> toPython)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(fromPython);
        ArgumentNullException.ThrowIfNull(toPython);
        RegisteredConverters.Add(fromPython, toPython);
    }
}
