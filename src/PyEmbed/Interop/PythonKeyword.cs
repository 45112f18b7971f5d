namespace PyEmbed;

/// <summary>
/// A keyword argument of a call of Python: <c>sorted.Invoke(list, new PythonKeyword("reverse", true))</c>.
/// Keyword arguments come after the positional ones.
/// </summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">The argument, of a type that <see cref="PythonObject.From"/> takes.</param>
public sealed record PythonKeyword(string Name, object? Value);
