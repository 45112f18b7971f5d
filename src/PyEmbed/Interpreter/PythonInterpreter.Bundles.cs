using PyEmbed.Interop;

namespace PyEmbed;

/// <content>Bundles, the data that travels with them, and what modules require (docs/bundles.md).</content>
public sealed partial class PythonInterpreter
{
    /// <summary>Makes a bundle of modules and objects, with everything that they need.</summary>
    /// <param name="names">Each a module, <c>mypkg.core</c>, a function or class of one, <c>mypkg.core:compute</c>, or a package with all modules below it, <c>mypkg.*</c>. Of their modules
    /// nothing is run.</param>
    /// <param name="options">Rules, sources and what the other side has; null for none.</param>
    /// <exception cref="ArgumentException"><see cref="PythonBundleOptions.Report"/> is no JSON.</exception>
    /// <exception cref="PythonException">Of <c>pyembed.bundle.BundleError</c>: a name, a rule or what is needed is not fit for a bundle; the message names it, its place, and the
    /// remedy.</exception>
    public PythonBundle Bundle(IEnumerable<string> names, PythonBundleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Build(names.ToArray(), options);
    }

    /// <summary>Makes a bundle of an object, or a list of them, with everything that they need.</summary>
    /// <param name="objects">A module, a class, a function, any other object (its type, and what its pickle names), or a Python list of such.</param>
    /// <param name="options">Rules, sources and what the other side has; null for none.</param>
    /// <exception cref="PythonException">Of <c>pyembed.bundle.BundleError</c>: an object, a rule or what is needed is not fit for a bundle; the message names it, its place, and the remedy.</exception>
    public PythonBundle Bundle(PythonObject objects, PythonBundleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(objects);
        return Build(objects, options);
    }

    /// <summary>Registers data, for Python's <c>pyembed.get_data</c>. Bundles that are made from now on have it.</summary>
    /// <param name="id">Its identifier. What was registered under it before is replaced.</param>
    /// <param name="data">The bytes, which are copied.</param>
    public void RegisterData(string id, ReadOnlyMemory<byte> data)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        using PythonObject package = Own("pyembed"u8);
        package.InvokeMethod("register_data", id, data).Dispose();
    }

    /// <summary>Data that was registered here, or came with a bundle that is mounted.</summary>
    /// <param name="id">Its identifier.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="KeyNotFoundException">There is none; <see cref="IsData"/> tells.</exception>
    public byte[] GetData(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        using PythonObject package = Own("pyembed"u8);
        try
        {
            return package.InvokeMethod<byte[]>("get_data", id);
        }
        catch (PythonException e) when (e.PythonType == "LookupError")
        {
            throw new KeyNotFoundException($"No data is registered as '{id}', and no bundle that is mounted has it.", e);
        }
    }

    /// <summary>Whether there is data of an identifier.</summary>
    /// <param name="id">The identifier.</param>
    public bool IsData(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        using PythonObject package = Own("pyembed"u8);
        return package.InvokeMethod<bool>("is_data", id);
    }

    /// <summary>
    /// Says what a module requires. Where that is not met, importing the module raises <c>pyembed.RequirementError</c>, which names the requirement. Bundles that have the module carry its
    /// source and its requirements, so that the other side decides for itself.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="system">What it requires of the system: a Python callable without arguments, <c>mypkg.checks:is_windows</c>; null for nothing.</param>
    /// <param name="modules">The same for the modules that are there.</param>
    /// <exception cref="ArgumentException">A name is none, or nothing is required.</exception>
    public void Require(string module, string? system = null, string? modules = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        using PythonObject package = Own("pyembed"u8);
        try
        {
            package.InvokeMethod("require", module, system, modules).Dispose();
        }
        catch (PythonException e) when (e.PythonType == "ValueError")
        {
            throw new ArgumentException(e.Message["ValueError: ".Length..], e);
        }
    }

    private PythonBundle Build(object objects, PythonBundleOptions? options)
    {
        options ??= new PythonBundleOptions();
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        using PythonObject module = Own("pyembed.bundle"u8);
        using (PythonObject? report = options.Report is null ? null : Report(options.Report))
        {
            using PythonObject content = module.InvokeMethod("build", objects, options.Rules.ToArray(), new PythonKeyword("sources", options.Sources), new PythonKeyword("report", report));
            return PythonBundle.FromBytes(content.As<byte[]>());
        }
    }

    private PythonObject Report(string text)
    {
        using PythonObject module = Own("pyembed._received"u8);
        try
        {
            return module.InvokeMethod("from_json", text);
        }
        catch (PythonException e) when (e.PythonType == "json.decoder.JSONDecodeError")
        {
            throw new ArgumentException($"The report of the other side is no JSON ({e.Message}): give {nameof(PythonReceivedReport)}.{nameof(PythonReceivedReport.Json)}, or what 'python3 -m pyembed report' has printed.", e);
        }
    }

    private PythonObject Own(ReadOnlySpan<byte> module)
    {
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        return new PythonObject(PyRef.Checked(PythonCode.Own(module)));
    }
}
