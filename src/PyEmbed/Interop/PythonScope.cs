using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// A namespace for code given as text: what one <c>Execute</c> defines, the next one and <c>Evaluate</c> see. Any thread may use it; each member takes the GIL itself.
/// </summary>
/// <remarks>Functions and classes that the code defines keep the names alive after <see cref="Dispose"/>.</remarks>
public sealed unsafe class PythonScope : IDisposable
{
    private readonly PythonObject names;

    /// <summary>Makes a namespace that holds the built-in names and <c>__name__</c>, <c>"__scope__"</c>.</summary>
    /// <exception cref="InvalidOperationException">Python was not started.</exception>
    /// <exception cref="ObjectDisposedException">Python was stopped.</exception>
    public PythonScope()
    {
        using Gil gil = Gil.Acquire();
        names = PythonObject.From(new Dictionary<string, string> { ["__name__"] = "__scope__" });
        using var builtins = new PythonObject(PyRef.Checked(PythonCode.Own("builtins"u8)));
        names["__builtins__"] = builtins;
    }

    /// <summary>The object that a name stands for.</summary>
    /// <exception cref="PythonException">KeyError: the code did not define it.</exception>
    public PythonObject this[string name] => names[name];

    /// <summary>The value that a name stands for.</summary>
    /// <typeparam name="T">A type that <see cref="PythonObject.As"/> converts to.</typeparam>
    /// <param name="name">The name.</param>
    /// <exception cref="PythonException">KeyError: the code did not define it.</exception>
    /// <inheritdoc cref="PythonObject.As" path="/exception"/>
    public T Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(string name)
    {
        using PythonObject value = names[name];
        return value.As<T>();
    }

    /// <summary>Sets a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">A value of a type that <see cref="PythonObject.From"/> takes.</param>
    /// <inheritdoc cref="PythonObject.From" path="/exception"/>
    public void Set(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        using PythonObject converted = PythonObject.From(value);
        names[name] = converted;
    }

    /// <summary>Whether a name is defined.</summary>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return names.InvokeMethod<bool>("__contains__", name);
    }

    /// <summary>Lets go of the namespace.</summary>
    public void Dispose() => names.Dispose();

    /// <summary>Runs statements in this namespace.</summary>
    /// <exception cref="PythonException">What the code raises; SyntaxError where it is no Python.</exception>
    internal void Execute(string code)
    {
        using Gil gil = Gil.Acquire();
        using PyRef result = PyRef.Own(Run(code, "exec"));
    }

    /// <summary>The value of an expression in this namespace.</summary>
    /// <exception cref="PythonException">What the expression raises; SyntaxError where it is no expression.</exception>
    internal T Evaluate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(string expression)
    {
        using Gil gil = Gil.Acquire();
        using PyRef result = PyRef.Own(Run(expression.TrimStart(' ', '\t'), "eval"));
        return FromPython.Read<T>(result.Value);
    }

    // By builtins.compile: unlike the C API it takes a str, so that NUL and lone surrogates give its error and not half the code.
    private nint Run(string code, string mode)
    {
        using PyRef globals = PyRef.Own(names.NewReference());
        using PyRef builtins = PyRef.Take(PythonCode.Own("builtins"u8));
        using PyRef compiled = PyRef.Own(Calls.InvokeMethod(builtins.Value, "compile", [code, "<scope>", mode, 0, true]));
        return PyRef.Checked(CPython.PyEval_EvalCode(compiled.Value, globals.Value, globals.Value));
    }
}
