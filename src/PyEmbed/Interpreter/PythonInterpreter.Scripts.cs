using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;
using PyEmbed.Scripts;

namespace PyEmbed;

/// <content>Scripts that are compiled once (docs/isolates.md).</content>
public sealed partial class PythonInterpreter
{
    /// <summary>Compiles a script, for any number of runs in any interpreter of the process.</summary>
    /// <param name="source">The source. Its result is what its global variable <c>result</c> is in the end.</param>
    /// <param name="name">What to call it: <c>&lt;name&gt;</c> is its file in tracebacks, with the source's lines. Scripts that have the same name show each other's.</param>
    /// <exception cref="PythonException">It is no Python: SyntaxError, with line and column.</exception>
    public PythonScript CompileScript(string source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        string file = $"<{name}>";
        using PyRef module = PyRef.Take(PythonCode.Own("pyembed._scripts"u8));
        using PyRef code = PyRef.Take(HostCall.Invoke(module.Value, "compile_script", Text.New(source), Text.New(file)));
        return new PythonScript(name, Bytes.Read(code.Value), file, source, "");
    }

    /// <summary>Takes the code of a module for a script, such as one of a mounted tree, which the build has compiled. Of its code nothing is run; packages that it is in are imported.</summary>
    /// <param name="module">The absolute name of a module, or of a package that has a <c>__main__</c>, as for <see cref="RunModule"/>.</param>
    /// <exception cref="PythonException">There is no such module (ImportError), or it is no Python (SyntaxError).</exception>
    public PythonScript LoadScript(string module)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        using PyRef scripts = PyRef.Take(PythonCode.Own("pyembed._scripts"u8));
        using PyRef found = PyRef.Take(HostCall.Invoke(scripts.Value, "load_script", Text.New(module)));
        (byte[] code, string file, string? source, string package) = FromPython.Read<(byte[], string, string?, string)>(found.Value);
        return new PythonScript(module, code, file, source, package);
    }

    /// <summary>Runs a script with global variables of its own, and gives its result.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="variables">Its global variables: values of types that <see cref="PythonObject.From"/> takes, by names that do not begin and end with two underscores; null for none.</param>
    /// <returns>What its global variable <c>result</c> is in the end, null where it has none: null, bool, <see cref="long"/> or <see cref="System.Numerics.BigInteger"/>, finite double, string, <c>byte[]</c>, <c>List&lt;object?&gt;</c>
    /// (of lists and tuples), <c>Dictionary&lt;string, object?&gt;</c>; all copies.</returns>
    /// <remarks>
    /// Its <c>__name__</c> is <c>"__main__"</c>, though <c>sys.modules["__main__"]</c> is it in isolates only; <c>sys.exit()</c> and <c>sys.exit(0)</c> end it well. Several threads may run scripts at the same time, and take turns.
    /// Modules and all else that it changes, it changes for whoever runs in the interpreter.
    /// </remarks>
    /// <exception cref="PythonException">It raised an exception, or ended by <c>sys.exit</c> with another code (SystemExit).</exception>
    /// <exception cref="InvalidCastException">A variable is of a type of which no Python object is made, or the result is none of the values above; the message names the part.</exception>
    /// <exception cref="ArgumentException">A variable's name is Python's own.</exception>
    public object? RunScript(PythonScript script, IReadOnlyDictionary<string, object?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        return ScriptRun.Run(script, variables, PlainValues.Read);
    }

    /// <summary>Runs a script with global variables of its own, and converts its result.</summary>
    /// <typeparam name="T">A type that <see cref="PythonObject.As"/> converts to.</typeparam>
    /// <exception cref="InvalidCastException">A variable is of a type of which no Python object is made, or the result is of another type.</exception>
    /// <inheritdoc cref="RunScript"/>
    public T RunScript<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(PythonScript script, IReadOnlyDictionary<string, object?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        return ScriptRun.Run(script, variables, FromPython.Read<T>);
    }
}
