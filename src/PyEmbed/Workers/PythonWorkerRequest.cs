namespace PyEmbed;

/// <summary>
/// What a <see cref="PythonWorkerPool"/> is to run: a function, a module as a program, or a script. Immutable; may be run many times, each in a process of its own.
/// </summary>
/// <remarks>
/// <b>Values</b> that cross, as arguments, variables and results, are what JSON knows, and bytes: null, <see cref="bool"/>, integers (from Python as <see cref="long"/>, beyond its range as
/// <see cref="System.Numerics.BigInteger"/>), finite <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, lists (from Python <see cref="IReadOnlyList{T}"/>, tuples too) and dictionaries with text for
/// keys (from Python <see cref="IReadOnlyDictionary{TKey, TValue}"/>), of <c>object?</c>, 60 within each other at most; towards Python also <see cref="System.Text.Json.JsonElement"/>.
/// </remarks>
public sealed record PythonWorkerRequest
{
    private readonly string kind;
    private readonly Dictionary<string, object?> what;

    private PythonWorkerRequest(string kind, string name, Dictionary<string, object?> what)
    {
        this.kind = kind;
        Name = name;
        this.what = what;
    }

    /// <summary>What errors call it: <c>mypkg.jobs:run</c>, <c>-m mypkg</c>, or the script's name.</summary>
    public string Name { get; }

    /// <summary>The text that <c>sys.stdin</c> gives; null for none: the null device.</summary>
    public string? Input { get; init; }

    /// <summary>A time limit of its own; null for that of the pool, whose limit of processor time holds in any case.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Calls a function of a module; its return value is the result.</summary>
    /// <param name="reference"><c>module:attribute</c>, as in entry points; the attribute may be dotted.</param>
    /// <param name="arguments">Positional arguments.</param>
    /// <param name="keywords">Keyword arguments.</param>
    /// <exception cref="ArgumentException">The reference has not that form.</exception>
    public static PythonWorkerRequest Function(string reference, IReadOnlyList<object?>? arguments = null, IReadOnlyDictionary<string, object?>? keywords = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        string[] parts = reference.Split(':', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new ArgumentException($"'{reference}' names no function: it must have the form 'module:attribute', such as 'mypkg.jobs:run'.", nameof(reference));
        }

        return new("function", reference, new()
        {
            ["module"] = parts[0],
            ["attribute"] = parts[1],
            ["arguments"] = arguments ?? [],
            ["keywords"] = keywords ?? new Dictionary<string, object?>(),
        });
    }

    /// <summary>Runs a module or package as <c>python -m</c> does; there is no result value. An end by <c>sys.exit()</c> or <c>sys.exit(0)</c> is a good one.</summary>
    /// <param name="module">The module, or a package with a <c>__main__</c>.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>.</param>
    public static PythonWorkerRequest Module(string module, params string[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        ArgumentNullException.ThrowIfNull(arguments);
        return new("module", $"-m {module}", new() { ["module"] = module, ["arguments"] = arguments });
    }

    /// <summary>Runs a source text as a program. The result is what its global variable <c>result</c> is in the end, null where there is none. An end by <c>sys.exit()</c> is a good one, without a result.</summary>
    /// <param name="source">The text.</param>
    /// <param name="name">What tracebacks and errors call it.</param>
    /// <param name="variables">Global variables to begin with. Names such as <c>__name__</c> are Python's own.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>.</param>
    /// <exception cref="ArgumentException">A variable has a name that is Python's own.</exception>
    public static PythonWorkerRequest Script(string source, string name = "script", IReadOnlyDictionary<string, object?>? variables = null, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        if (variables?.Keys.FirstOrDefault(name => name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)) is { } own)
        {
            throw new ArgumentException($"A script cannot be given the variable '{own}': names that begin and end with two underscores are Python's own. Choose another.", nameof(variables));
        }

        return new("script", name, new()
        {
            ["name"] = name,
            ["source"] = source,
            ["variables"] = variables ?? new Dictionary<string, object?>(),
            ["arguments"] = arguments,
        });
    }

    /// <summary>The message for a worker: docs/formats.md, section 8.</summary>
    /// <exception cref="ArgumentException">A value is none that can be handed over.</exception>
    internal byte[] Pack() => Workers.WorkerValueWriter.Pack(new Dictionary<string, object?> { ["kind"] = kind, ["what"] = what, ["input"] = Input });
}
