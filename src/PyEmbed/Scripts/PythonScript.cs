namespace PyEmbed;

/// <summary>
/// A Python script that was compiled once, by <see cref="PythonInterpreter.CompileScript"/> or by the build and <see cref="PythonInterpreter.LoadScript"/>, and is run as often as one likes, in the main interpreter and in isolates,
/// in as many at the same time as there are. For code that is trusted.
/// </summary>
/// <remarks>
/// An instance is immutable and holds no Python object: any thread may use it, and it needs no disposal. Each interpreter makes a code object of it when it first runs it, and keeps those of the 256 scripts that it ran last.
/// </remarks>
public sealed class PythonScript
{
    private static long count;

    internal PythonScript(string name, byte[] code, string file, string? source, string package)
    {
        Name = name;
        Code = code;
        File = file;
        Source = source;
        Package = package;
    }

    /// <summary>What it is called: the name that it was compiled under, or that of its module.</summary>
    public string Name { get; }

    /// <summary>By which interpreters know it.</summary>
    internal long Number { get; } = Interlocked.Increment(ref count);

    /// <summary>The code object as Python's <c>marshal</c> has it.</summary>
    internal byte[] Code { get; }

    /// <summary>What tracebacks call its file.</summary>
    internal string File { get; }

    /// <summary>The source, for the lines of tracebacks; null where there is none.</summary>
    internal string? Source { get; }

    /// <summary>Where its relative imports begin, or empty.</summary>
    internal string Package { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
