using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>Loading modules in C: decided by name and place, and guarded as soon as they are there.</summary>
internal sealed unsafe class ModuleLoading(PythonCapabilities capabilities, FileGrants files, Action<string, nint, bool> guard)
{
    // What the definition of a module that was checked is called; a module object's own __name__ is anybody's. Guarded by the GIL.
    private readonly Dictionary<nint, string> names = [];

    // One object per load that is under way on the thread: the audit event says in it which module it is.
    [ThreadStatic]
    private static Loading? current;

    /// <summary>Whether a module may be loaded from a file.</summary>
    /// <returns>False with ImportError pending.</returns>
    public static bool CheckFile(nint file, PythonCapabilities capabilities, FileGrants files, IReadOnlyList<byte[]> folders)
    {
        if (!PathArgument.IsText(file) || !PathArgument.TryRead(file, out byte[] path))
        {
            CPython.PyErr_Clear();
            Denied.RaiseImport("?", nameof(PythonCapabilities.NativeCode));
            return false;
        }

        ReadOnlySpan<byte> real = FileGrants.Resolve(path, follow: true) ?? path;
        int slash = real.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> folder = real[..Math.Max(slash, 0)], name = real[(slash + 1)..];
        bool isOwn = false;
        foreach (byte[] known in folders)
        {
            isOwn |= folder.SequenceEqual(known);
        }

        int dot = name.IndexOf((byte)'.');
        string module = System.Text.Encoding.UTF8.GetString(dot < 0 ? name : name[..dot]);
        if ((isOwn ? ExtensionModules.Needs(module, capabilities, files) : capabilities.NativeCode ? null : nameof(PythonCapabilities.NativeCode)) is { } needed)
        {
            Denied.RaiseImport(module, needed);
            return false;
        }

        if (isOwn && current is not null)
        {
            current.Name ??= module;
        }

        return true;
    }

    /// <summary>A body for <c>_imp.create_builtin</c>.</summary>
    public nint CreateBuiltin(scoped ref NativeCall call)
    {
        nint spec = call.Get(0);
        if (spec == 0)
        {
            return call.Continue();
        }

        using PyRef name = PyRef.Own(CPython.PyObject_GetAttrString(spec, Text.Ascii("name"u8)));
        if (name.Value == 0)
        {
            return 0;
        }

        if (!CPython.Is(name.Value, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
        {
            return Denied.Refuse("create_builtin is denied: the name of a module must be a str");
        }

        string module = Text.Read(name.Value);
        if (ExtensionModules.Needs(module, capabilities, files) is { } needed)
        {
            Denied.RaiseImport(module, needed);
            return 0;
        }

        call.Replace(0, default, PlainSpec(name.Value)); // What is looked up again is what was looked at.
        return Loaded(call.Continue(), module);
    }

    /// <summary>A body for <c>_imp.create_dynamic</c>; the event <c>import</c> decides.</summary>
    public nint CreateDynamic(scoped ref NativeCall call)
    {
        Loading? outer = current;
        Loading loading = current = new Loading();
        nint module;
        try
        {
            module = call.Continue();
        }
        finally
        {
            current = outer;
        }

        return loading.Name is null ? module : Loaded(module, loading.Name);
    }

    /// <summary>A body for <c>_imp.exec_builtin</c> and <c>exec_dynamic</c>, which make a module's types.</summary>
    public nint Execute(scoped ref NativeCall call)
    {
        nint module = call.Get(0);
        nint result = call.Continue();
        if (result != 0 && module != 0 && names.TryGetValue(Definition(module), out string? name))
        {
            guard(name, module, true);
        }

        return result;
    }

    private nint Loaded(nint module, string name)
    {
        if (module != 0)
        {
            nint definition = Definition(module);
            if (definition != 0)
            {
                names[definition] = name;
            }

            using PyRef types = PyRef.Own(CPython.PyObject_GetAttrString(module, Text.Ascii("__dict__"u8)));
            if (types.Value == 0)
            {
                CPython.PyErr_Clear(); // A definition whose objects are not modules.
                return module;
            }

            guard(name, module, false);
        }

        return module;
    }

    private static nint Definition(nint module)
    {
        nint definition = CapabilityApi.PyModule_GetDef(module);
        CPython.PyErr_Clear(); // It raises for what is no module.
        return definition;
    }

    /// <summary>A new reference to what <c>_imp.create_builtin</c> looks at of a spec.</summary>
    public static nint PlainSpec(nint name)
    {
        using PyRef values = PyRef.Take(CPython.PyDict_New());
        _ = CPython.PyDict_SetItemString(values.Value, Text.Ascii("name"u8), name);
        _ = CPython.PyDict_SetItemString(values.Value, Text.Ascii("origin"u8), CPython.Py_None);
        return PyRef.Checked(CPython.PyObject_VectorcallDict(Namespace, null, 0, values.Value));
    }

    /// <summary>The type <c>types.SimpleNamespace</c>; a reference that is kept.</summary>
    public static nint Namespace { get; set; }

    private sealed class Loading
    {
        public string? Name { get; set; }
    }
}
