using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Loading modules in C: decided by name and place, and guarded as soon as they are there. A module that is guarded exists once: made again, it is the first one, so that nobody has its types
/// before they are guarded, nor guards what Python code has put in their places.
/// </summary>
internal sealed unsafe class ModuleLoading(PythonCapabilities capabilities, IReadOnlyList<byte[]> folders, Action<string, nint> guard)
{
    // By the name that CPython's sources have; references that are kept. Guarded by the GIL.
    private readonly Dictionary<string, nint> modules = new(StringComparer.Ordinal);
    private readonly HashSet<nint> executed = [];

    /// <summary>Remembers a module that was executed and guarded when Python started.</summary>
    public void Keep(string name, nint module)
    {
        modules[name] = PyRef.New(module);
        _ = executed.Add(module);
    }

    /// <summary>Whether a module may be loaded from a file: what the event <c>import</c> asks, which anybody may raise.</summary>
    /// <returns>False with ImportError pending.</returns>
    public bool CheckFile(nint file) => TryFind(file, out _, out _, out _);

    /// <summary>A body for <c>_imp.create_builtin</c>.</summary>
    public nint CreateBuiltin(scoped ref NativeCall call)
    {
        nint spec = call.Get(0);
        if (spec == 0)
        {
            return call.Continue();
        }

        using PyRef name = PyRef.Own(NameOf(spec));
        if (name.Value == 0)
        {
            return 0;
        }

        string module = Text.Read(name.Value);
        if (ExtensionModules.Needs(module, capabilities) is { } needed)
        {
            Denied.RaiseImport(module, needed);
            return 0;
        }

        return Create(ref call, module, name.Value, CPython.Py_None);
    }

    /// <summary>A body for <c>_imp.create_dynamic</c>.</summary>
    public nint CreateDynamic(scoped ref NativeCall call)
    {
        nint spec = call.Get(0);
        if (spec == 0)
        {
            return call.Continue();
        }

        using PyRef name = PyRef.Own(NameOf(spec));
        using PyRef origin = PyRef.Own(name.Value == 0 ? 0 : CPython.PyObject_GetAttrString(spec, Text.Ascii("origin"u8)));
        if (origin.Value == 0 || !TryFind(origin.Value, out string module, out byte[] real, out bool isOwn))
        {
            return 0;
        }

        // By the place that was looked at: a link that leads there may be gone by the time it is opened.
        using PyRef place = PyRef.Take(PathArgument.New(real, name.Value));
        return Create(ref call, isOwn ? module : null, name.Value, place.Value);
    }

    /// <summary>A body for <c>_imp.exec_builtin</c> and <c>exec_dynamic</c>.</summary>
    public nint Execute(scoped ref NativeCall call) => executed.Contains(call.Get(0)) ? CPython.PyLong_FromLongLong(0) : call.Continue();

    /// <summary>A new reference to what <c>_imp</c> looks at of a spec.</summary>
    public static nint PlainSpec(nint name, nint origin)
    {
        using PyRef values = PyRef.Take(CPython.PyDict_New());
        _ = CPython.PyDict_SetItemString(values.Value, Text.Ascii("name"u8), name);
        _ = CPython.PyDict_SetItemString(values.Value, Text.Ascii("origin"u8), origin);
        return PyRef.Checked(CPython.PyObject_VectorcallDict(Namespace, null, 0, values.Value));
    }

    /// <summary>The type <c>types.SimpleNamespace</c>; a reference that is kept.</summary>
    public static nint Namespace { get; set; }

    private nint Create(scoped ref NativeCall call, string? module, nint name, nint origin)
    {
        if (module is not null && modules.TryGetValue(module, out nint known))
        {
            return PyRef.New(known);
        }

        if (module is not null && GuardedFunctions.Early.Contains(module))
        {
            return Denied.RaiseImport(module, "to load it when Python starts, and then it could not be loaded");
        }

        call.Replace(0, default, PlainSpec(name, origin)); // What is looked up again is what was looked at.
        if (module is null || !GuardedFunctions.Modules.Contains(module))
        {
            return call.Continue();
        }

        // Until it is guarded nobody may come upon it, not even through the garbage collector's lists.
        bool isCollecting = Collector.Pause();
        try
        {
            nint created = call.Continue();
            if (created != 0)
            {
                guard(module, created);
                modules[module] = PyRef.New(created);
            }

            return created;
        }
        finally
        {
            Collector.Resume(isCollecting);
        }
    }

    // A str of the type itself: a subclass could compare otherwise than it reads.
    private static nint NameOf(nint spec)
    {
        using PyRef name = PyRef.Own(CPython.PyObject_GetAttrString(spec, Text.Ascii("name"u8)));
        return name.Value == 0 ? 0
            : CPython.Is(name.Value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) ? Text.New(Text.Read(name.Value))
            : Denied.Refuse("making a module is denied: its name must be a str");
    }

    private bool TryFind(nint file, out string module, out byte[] real, out bool isOwn)
    {
        (module, real, isOwn) = ("?", [], false);
        if (!PathArgument.IsText(file) || !PathArgument.TryRead(file, out byte[] path))
        {
            CPython.PyErr_Clear();
            _ = Denied.RaiseImport(module, nameof(PythonCapabilities.NativeCode));
            return false;
        }

        real = FileGrants.Resolve(path, follow: true) ?? path;
        int slash = real.AsSpan().LastIndexOf((byte)'/');
        ReadOnlySpan<byte> folder = real.AsSpan(0, Math.Max(slash, 0)), name = real.AsSpan(slash + 1);
        foreach (byte[] known in folders)
        {
            isOwn |= folder.SequenceEqual(known);
        }

        int dot = name.IndexOf((byte)'.');
        module = System.Text.Encoding.UTF8.GetString(dot < 0 ? name : name[..dot]);
        if ((isOwn ? ExtensionModules.Needs(module, capabilities) : capabilities.NativeCode ? null : nameof(PythonCapabilities.NativeCode)) is { } needed)
        {
            _ = Denied.RaiseImport(module, needed);
            return false;
        }

        return true;
    }
}
