using PyEmbed.Native;

namespace PyEmbed;

/// <summary>
/// A Python module that is being built of .NET functions and values: what the delegate given to <see cref="PythonNativeModules.Add"/> fills. It is used by that delegate only,
/// while it runs, with the GIL held.
/// </summary>
public sealed partial class PythonNativeModule
{
    // What the import system sets and reads.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "__name__", "__spec__", "__loader__", "__package__", "__path__", "__file__", "__cached__" };

    private readonly Dictionary<string, object> members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Action<PythonNativeModule>> modules = new(StringComparer.Ordinal);
    private bool isBuilt;

    internal PythonNativeModule(string name) => Name = name;

    /// <summary>The module's full name, such as <c>host</c> or <c>host.files</c>.</summary>
    public string Name { get; }

    /// <summary>The documentation of the module, its <c>__doc__</c>; null for none.</summary>
    public string? Doc { get; set; }

    /// <summary>Adds a value.</summary>
    /// <param name="name">Its name in the module.</param>
    /// <param name="value">A value of a type that <see cref="PythonObject.From"/> takes. It crosses now, once.</param>
    /// <exception cref="ArgumentException">The name is no identifier, taken, or the import system's, such as <c>__path__</c>.</exception>
    /// <exception cref="InvalidCastException">Values of that type do not cross.</exception>
    /// <exception cref="InvalidOperationException">The module is built already.</exception>
    public void AddConstant(string name, object? value)
    {
        name = Reserve(PythonName.Checked(name, "a value", nameof(name)));
        members.Add(name, PythonObject.From(value));
    }

    /// <summary>Adds a submodule, which makes this module a package.</summary>
    /// <param name="name">The submodule's name without that of this module: <c>files</c> for <c>host.files</c>.</param>
    /// <param name="build">Builds it when it is first imported, after this module, as <see cref="PythonNativeModules.Add"/> says.</param>
    /// <exception cref="ArgumentException">The name is no identifier, taken, or the import system's, such as <c>__path__</c>.</exception>
    /// <exception cref="InvalidOperationException">The module is built already.</exception>
    public void AddModule(string name, Action<PythonNativeModule> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        name = Reserve(PythonName.Checked(name, "a module", nameof(name)));
        modules.Add(name, build);
    }

    /// <summary>Runs the builder and puts what it added into a module. Nothing is put there if it throws.</summary>
    /// <param name="build">The builder.</param>
    /// <param name="module">The empty module.</param>
    /// <returns>The builders of submodules, by their names without that of this module.</returns>
    internal IReadOnlyDictionary<string, Action<PythonNativeModule>> Build(Action<PythonNativeModule> build, PythonObject module)
    {
        try
        {
            build(this);
        }
        finally
        {
            isBuilt = true;
        }

        foreach ((string name, object member) in members)
        {
            using PythonObject value = member as PythonObject ?? new PythonObject(((NativeFunction)member).CreateFunction(Name));
            module.SetAttribute(name, value);
        }

        if (Doc is not null)
        {
            module.SetAttribute("__doc__", Doc);
        }

        return modules;
    }

    private static NativeSignature Describe(string name, Delegate function, ReadOnlySpan<Type> types, string? doc, IReadOnlyList<PythonParameter>? parameters)
    {
        ArgumentNullException.ThrowIfNull(function);
        return NativeSignature.Create(name, function.Method, types, doc, parameters);
    }

    private void Add(NativeFunction function)
    {
        members.Add(Reserve(function.Name), function);
    }

    // Gives the name as Python has it.
    private string Reserve(string name)
    {
        if (isBuilt)
        {
            throw new InvalidOperationException($"The module '{Name}' is built already; '{name}' must be added by the delegate that builds it, while that runs.");
        }

        name = PythonName.Normal(name);
        if (Reserved.Contains(name))
        {
            throw new ArgumentException($"The member '{name}' of the module '{Name}' is the import system's. Choose another name.", nameof(name));
        }

        if (members.ContainsKey(name) || modules.ContainsKey(name))
        {
            throw new ArgumentException($"The module '{Name}' has a member '{name}' already.", nameof(name));
        }

        return name;
    }
}
