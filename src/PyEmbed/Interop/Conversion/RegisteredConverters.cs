using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>The conversions that an application registered, by .NET type.</summary>
internal static class RegisteredConverters
{
    // Weak, so that the types of a plug-in go when it is unloaded.
    private static readonly ConditionalWeakTable<Type, Registration> All = [];

    // What was found for the types of values, None where nothing was; another table after each registration, which may change any of it.
    private static volatile ConditionalWeakTable<Type, Registration> found = [];

    private static readonly Registration None = new(null!, null!);

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

        found = [];
    }

    /// <summary>What reads values of exactly this type; null where it is not registered.</summary>
    public static Converter? Find(Type type) => All.TryGetValue(type, out Registration? registration) ? registration.FromPython : null;

    /// <summary>Replaces a value whose type, or the nearest base class of it, is registered.</summary>
    public static bool TryToPython(object value, [MaybeNullWhen(true)] out object? replacement)
    {
        // Read once: a search that a registration overtakes ends in the table that was thrown away.
        ConditionalWeakTable<Type, Registration> known = found;
        if (!known.TryGetValue(value.GetType(), out Registration? registration))
        {
            registration = FindNearest(value.GetType());
            known.AddOrUpdate(value.GetType(), registration);
        }

        replacement = registration == None ? null : registration.ToPython(value);
        return registration != None;
    }

    private static Registration FindNearest(Type type)
    {
        for (Type? candidate = type; candidate != null; candidate = candidate.BaseType)
        {
            if (All.TryGetValue(candidate, out Registration? registration))
            {
                return registration;
            }
        }

        return None;
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
