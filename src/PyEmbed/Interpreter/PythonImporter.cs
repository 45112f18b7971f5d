namespace PyEmbed;

/// <summary>
/// A finder that the host gives to Python (PEP 451). It is asked for modules that are in neither <c>sys.modules</c> nor the registry (docs/modules.md), before mounted trees are; where no registry comes first,
/// for those that are not native, built in or frozen.
/// </summary>
public sealed class PythonImporter
{
    private PythonImporter(string name, Func<string, PythonModuleSource?>? find)
    {
        Name = name;
        Find = find;
    }

    /// <summary>What errors call it: the name, or the reference, that it was made with.</summary>
    public string Name { get; }

    internal Func<string, PythonModuleSource?>? Find { get; }

    /// <summary>Modules whose sources the host has, in a database say.</summary>
    /// <param name="name">What errors and <c>repr</c> call it.</param>
    /// <param name="find">
    /// Gives the source of the module of that full name, or null where the host has none. It is called for each name that Python looks for and has not found in <c>sys.modules</c> or the registry, also for
    /// names that are nowhere, by the importing thread, which holds the GIL and importlib's lock for that module; again when a module is reloaded. What it throws, the import raises.
    /// It is not called in a forked child, which finds nothing by it.
    /// </param>
    public static PythonImporter FromSources(string name, Func<string, PythonModuleSource?> find)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(find);
        return new PythonImporter(name, find);
    }

    /// <summary>A finder written in Python: an object with <c>find_spec(fullname, path, target)</c>. Its module is imported when the interpreter starts, after the trees were mounted.</summary>
    /// <param name="reference"><c>module:attribute</c>; the attribute may be dotted.</param>
    /// <exception cref="ArgumentException">The reference has not that form.</exception>
    public static PythonImporter FromPython(string reference)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        string[] parts = reference.Split(':');
        return parts.Length == 2 && Array.TrueForAll(parts, part => part.Length > 0 && part == part.Trim())
            ? new PythonImporter(reference, null)
            : throw new ArgumentException($"'{reference}' names no finder: it must have the form 'module:attribute', such as 'mypkg.importing:Finder'.", nameof(reference));
    }
}
