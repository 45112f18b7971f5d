namespace PyEmbed.Interop;

/// <summary>Says of an ImportError where the module was looked for.</summary>
internal static unsafe class ImportErrors
{
    /// <summary>The .NET exception for an ImportError.</summary>
    /// <param name="exception">Borrowed reference to the exception instance.</param>
    /// <param name="parts">What every exception is made of.</param>
    public static PythonImportException Create(nint exception, PythonExceptionParts parts)
    {
        string? module = Guarded.TextAttribute(exception, "name"u8);
        List<string> origins = [];
        if (Guarded.TextAttribute(exception, "path"u8) is { } path)
        {
            // The module was found, and lacks the name or failed to load.
            using PyRef file = PyRef.Own(Text.New(path));
            Add(origins, file.Value);
        }
        else if (module != null)
        {
            AddSearched(origins, module);
        }

        string message = origins.Count == 0 ? parts.Message : $"{parts.Message} (looked in: {string.Join(", ", origins)})";
        return new PythonImportException(parts with { Message = message }, module, origins.AsReadOnly());
    }

    // A submodule is looked for in its parent's __path__, any other module on sys.path.
    private static void AddSearched(List<string> origins, string module)
    {
        int dot = module.LastIndexOf('.');
        if (dot < 0)
        {
            AddAll(origins, CPython.PySys_GetObject(Text.Ascii("path"u8)));
            return;
        }

        using PyRef name = PyRef.Own(Text.New(module.AsSpan(0, dot)));
        nint parent = CPython.PyDict_GetItemWithError(CPython.PyImport_GetModuleDict(), name.Value);
        if (parent == 0)
        {
            Guarded.Clear();
            return;
        }

        using PyRef path = Guarded.Attribute(parent, "__path__"u8);
        if (path.Value != 0)
        {
            AddAll(origins, path.Value);
        }
        else
        {
            using PyRef file = Guarded.Attribute(parent, "__file__"u8);
            Add(origins, file.Value);
        }
    }

    private static void AddAll(List<string> origins, nint path)
    {
        using PyRef iterator = path == 0 ? PyRef.Own(0) : Guarded.Result(CPython.PyObject_GetIter(path));
        while (iterator.Value != 0)
        {
            using PyRef entry = Guarded.Result(CPython.PyIter_Next(iterator.Value));
            if (entry.Value == 0)
            {
                return;
            }

            Add(origins, entry.Value);
        }
    }

    // The places of mounted trees need not exist on disk: what is meant is the assembly's archive, and the folder in it.
    private static void Add(List<string> origins, nint place)
    {
        if (Guarded.TextOf(place) is not { } text)
        {
            return;
        }

        using PyRef name = PyRef.Own(Text.New("pyembed._finders"));
        nint importer = CPython.PyDict_GetItemWithError(CPython.PyImport_GetModuleDict(), name.Value);
        using PyRef found = importer == 0 ? PyRef.Own(0) : Guarded.Call(importer, "locate"u8, place);
        if (found.Value != 0 && CPython.Is(found.Value, CPython.Py_TPFLAGS_TUPLE_SUBCLASS) && CPython.PyTuple_Size(found.Value) == 2
            && Guarded.TextAttribute(CPython.PyTuple_GetItem(found.Value, 0), "origin"u8) is { } archive)
        {
            string inner = Guarded.TextOf(CPython.PyTuple_GetItem(found.Value, 1)) ?? "";
            text = inner.Length == 0 ? archive : $"{archive}/{inner}";
        }

        origins.Add(text.Length == 0 ? "the working directory" : text);
    }
}
