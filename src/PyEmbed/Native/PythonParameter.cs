namespace PyEmbed;

/// <summary>A parameter of a function written in C#, as Python sees it: for delegates whose method does not have the names or the defaults that Python is to see.</summary>
public sealed class PythonParameter
{
    /// <summary>A parameter that every call must give.</summary>
    /// <param name="name">The name, a Python identifier.</param>
    public PythonParameter(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>A parameter that may be left out. The parameters after it must be such, too.</summary>
    /// <param name="name">The name, a Python identifier.</param>
    /// <param name="defaultValue">What counts then, a value of a type that <see cref="PythonObject.From"/> takes.</param>
    public PythonParameter(string name, object? defaultValue)
        : this(name)
    {
        DefaultValue = defaultValue;
        IsOptional = true;
    }

    /// <summary>The name, which calls may use for a keyword argument.</summary>
    public string Name { get; }

    /// <summary>Whether calls may leave it out.</summary>
    public bool IsOptional { get; }

    /// <summary>What counts where it is left out; <see langword="null"/> also where it must not be.</summary>
    public object? DefaultValue { get; }
}
