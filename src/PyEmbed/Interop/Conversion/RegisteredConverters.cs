using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>The conversions that an application registered, by .NET type.</summary>
internal static class RegisteredConverters
{
    // Weak, so that the types of a plug-in go when it is unloaded.
    private static readonly ConditionalWeakTable<Type, Registration> All = [];

    public static void Add<T>(Func<PythonObject, T> fromPython, Func<T, object?> toPython)
        where T : notnull
    {
        if (FromPython.FindBuiltIn(typeof(T)) != null)
        {
            throw new ArgumentException($"PyEmbed converts {typeof(T)} itself; a conversion can be registered for other types only.");
        }

        if (!All.TryAdd(typeof(T), new Registration(new RegisteredConverter<T>(fromPython), value => toPython((T)value))))
        {
            throw new InvalidOperationException($"A conversion of {typeof(T)} is registered already.");
        }
    }

    public static Converter? Find(Type type) => All.TryGetValue(type, out Registration? found) ? found.FromPython : null;

    public static bool TryToPython(object value, [MaybeNullWhen(true)] out object? replacement)
    {
        bool found = All.TryGetValue(value.GetType(), out Registration? conversion);
        replacement = found ? conversion!.ToPython(value) : null;
        return found;
    }

    private sealed record Registration(Converter FromPython, Func<object, object?> ToPython);

    private sealed class RegisteredConverter<T>(Func<PythonObject, T> fromPython) : Converter<T>
    {
        public override T Read(nint value)
        {
            using var wrapper = new PythonObject(PyRef.New(value));
            return fromPython(wrapper);
        }
    }
}
