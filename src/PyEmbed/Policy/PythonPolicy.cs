using System.Collections.ObjectModel;

namespace PyEmbed;

/// <summary>
/// Which modules Python code may import, and in which order they are looked for: one of three profiles, narrowed or widened by lists of names
/// (<c>PythonPolicy.Restricted with { Allow = ["mygame", "json"] }</c>). An interpreter has one policy, from its start on.
/// </summary>
/// <remarks>
/// <para><b>What it governs.</b> Import statements, and calls that import: <c>__import__</c>, <c>importlib.import_module</c>, <c>runpy</c>, <c>importlib.reload</c>, loaders and their like, cached
/// modules too, and imports by name that the standard library makes for whoever calls it (<c>pickle</c>, <c>pydoc.locate</c>, …). <see cref="PythonInterpreter.Import"/>, <see cref="PythonInterpreter.RunModule"/> and
/// <see cref="PythonInterpreter.RunEntryPoint"/> are such calls. A module that is denied is an ImportError (<see cref="PythonImportException"/>) that names the module, the rule, and who asked.</para>
/// <para><b>What it does not.</b> The standard library's own import statements are free: what is allowed works, whatever it is made of. Objects that can be reached, such as
/// <c>sys.modules["os"]</c> or a module that is an attribute of another, are reached without an import: a policy keeps honest code within bounds, it is no wall.</para>
/// </remarks>
public sealed record PythonPolicy
{
    private readonly ReadOnlyCollection<string>? allow;
    private readonly ReadOnlyCollection<string> deny = ReadOnlyCollection<string>.Empty;

    private PythonPolicy(string profile, bool isTrusted, bool isRestricted)
    {
        Profile = profile;
        IsTrusted = isTrusted;
        IsRestricted = isRestricted;
    }

    /// <summary>For the application's own code: everything may be imported, in Python's own order.</summary>
    public static PythonPolicy Trusted { get; } = new(nameof(Trusted), isTrusted: true, isRestricted: false);

    /// <summary>For code of others on the user's own machine: everything may be imported.</summary>
    public static PythonPolicy Desktop { get; } = new(nameof(Desktop), isTrusted: false, isRestricted: false);

    /// <summary>
    /// For code of others: everything may be imported but the powerful modules of the standard library, which give processes, files, sockets, native code, threads, code objects or the import
    /// system itself. docs/powerful-modules.md lists them with the reasons. One of them is allowed if <see cref="Allow"/> names it, or the submodule: neither <c>*</c> nor a package that it is in will do.
    /// </summary>
    public static PythonPolicy Restricted { get; } = new(nameof(Restricted), isTrusted: false, isRestricted: true);

    /// <summary>The profile's name.</summary>
    public string Profile { get; }

    /// <summary>
    /// Dotted prefixes of the modules that may be imported: <c>a</c> covers <c>a.b</c> and not <c>ab</c>, <c>*</c> covers all. The packages above one that is named are allowed with it, since Python
    /// imports them on the way. Null: everything that the profile allows.
    /// </summary>
    /// <exception cref="ArgumentException">A name is no dotted name.</exception>
    public IReadOnlyList<string>? Allow
    {
        get => allow;
        init => allow = value is null ? null : Checked(nameof(Allow), value);
    }

    /// <summary>Dotted prefixes of modules that must not be imported, as in <see cref="Allow"/>; evaluated after it, so that they win. Default: none.</summary>
    /// <exception cref="ArgumentException">A name is no dotted name.</exception>
    public IReadOnlyList<string> Deny
    {
        get => deny;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            deny = Checked(nameof(Deny), value);
        }
    }

    /// <summary>Whether Python's own order of resolution applies.</summary>
    internal bool IsTrusted { get; }

    /// <summary>Whether powerful modules must be named to be allowed.</summary>
    internal bool IsRestricted { get; }

    /// <summary>Whether any import can be denied.</summary>
    internal bool GuardsImports => IsRestricted || Allow is not null || Deny.Count > 0;

    private static ReadOnlyCollection<string> Checked(string list, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (name != "*" && (string.IsNullOrEmpty(name) || !Array.TrueForAll(name.Split('.'), IsPart)))
            {
                throw new ArgumentException($"PythonPolicy.{list} cannot hold '{name}': name modules or packages by their full names, such as 'mypkg' or 'mypkg.core', or all of them by '*'.", list);
            }
        }

        return new ReadOnlyCollection<string>([.. names]);
    }

    // Python takes any characters in the parts of a module's name; these never are part of one that was meant.
    private static bool IsPart(string part) => part.Length > 0 && part.IndexOfAny(['*', '/', '\\', ':', ',', '\0']) < 0 && !part.AsSpan().ContainsAny(' ', '\t', '\n');
}
