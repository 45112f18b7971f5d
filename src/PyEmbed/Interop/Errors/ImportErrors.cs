namespace PyEmbed.Interop;

/// <summary>Says of an ImportError where the module was looked for.</summary>
internal static unsafe class ImportErrors
{
    /// <summary>The .NET exception for an ImportError.</summary>
    /// <param name="exception">Borrowed reference to the exception instance.</param>
    /// <param name="parts">What every exception is made of.</param>
    public static PythonImportException Create(nint exception, PythonExceptionParts parts)
    {
        string? module = Guarded.TextAttribute(exception, "name"u8) is { Length: > 0 } name ? name : null;
        string? rule = Guarded.TextAttribute(exception, "rule"u8);
        PythonImportSite? importedBy = ImportSites.Find(exception, parts.Frames);
        List<string> origins = [];
        using PyRef tried = Guarded.Attribute(exception, "origins"u8);
        if (rule is not null || tried.Value != 0)
        {
            // The import system itself has said it all.
            AddAll(origins, tried.Value, Guarded.TextOf);
            return new PythonImportException(parts, module, origins.AsReadOnly(), rule, importedBy);
        }

        if (Guarded.TextAttribute(exception, "path"u8) is { } path)
        {
            // The module was found, and lacks the name or failed to load.
            using PyRef file = PyRef.Own(Text.New(path));
            if (Origin(file.Value) is { } origin)
            {
                origins.Add(origin);
            }
        }
        else if (module != null && IsNotFound(exception))
        {
            AddSearched(origins, module);
        }
        else if (module != null)
        {
            AddPlace(origins, module);
        }

        string message = origins.Count == 0 ? parts.Message : $"{parts.Message} (looked in: {string.Join(", ", origins)})";
        return new PythonImportException(parts with { Message = message }, module, origins.AsReadOnly(), null, importedBy);
    }

    private static bool IsNotFound(nint exception) => CPython.PyErr_GivenExceptionMatches(exception, CPython.PyExc("ModuleNotFoundError")) != 0;

    // A module that was found and lacks a name, and has no file: the place that its spec tells, or for a namespace its portions.
    private static void AddPlace(List<string> origins, string module)
    {
        using PyRef name = PyRef.Own(Text.New(module));
        nint found = CPython.PyDict_GetItemWithError(CPython.PyImport_GetModuleDict(), name.Value);
        if (found == 0)
        {
            Guarded.Clear();
            return;
        }

        using PyRef spec = Guarded.Attribute(found, "__spec__"u8);
        using PyRef origin = Guarded.Attribute(spec.Value, "origin"u8);
        if (Guarded.TextOf(origin.Value) is { } text)
        {
            origins.Add(text is "built-in" or "frozen" or "builtin" ? "builtin" : Path.IsPathRooted(text) ? Origin(origin.Value) ?? text : text);
        }
        else
        {
            using PyRef path = Guarded.Attribute(found, "__path__"u8);
            AddAll(origins, path.Value, Origin);
        }
    }

    // A submodule is looked for in its parent's __path__, any other module on sys.path.
    private static void AddSearched(List<string> origins, string module)
    {
        int dot = module.LastIndexOf('.');
        if (dot < 0)
        {
            origins.Add("builtin");
            AddAll(origins, CPython.PySys_GetObject(Text.Ascii("path"u8)), Origin);
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
            AddAll(origins, path.Value, Origin);
        }
        else
        {
            using PyRef file = Guarded.Attribute(parent, "__file__"u8);
            if (Origin(file.Value) is { } origin)
            {
                origins.Add(origin);
            }
        }
    }

    private static void AddAll(List<string> origins, nint path, Func<nint, string?> origin)
    {
        using PyRef iterator = path == 0 ? PyRef.Own(0) : Guarded.Result(CPython.PyObject_GetIter(path));
        while (iterator.Value != 0)
        {
            using PyRef entry = Guarded.Result(CPython.PyIter_Next(iterator.Value));
            if (entry.Value == 0)
            {
                return;
            }

            if (origin(entry.Value) is { } text)
            {
                origins.Add(text);
            }
        }
    }

    // The places of mounted trees need not exist on disk: what is meant is the archive, and the folder in it.
    private static string? Origin(nint place)
    {
        if (Guarded.TextOf(place) is not { } text)
        {
            return null;
        }

        using PyRef name = PyRef.Own(Text.New("pyembed._loaders"));
        nint importer = CPython.PyDict_GetItemWithError(CPython.PyImport_GetModuleDict(), name.Value);
        using PyRef found = importer == 0 ? PyRef.Own(0) : Guarded.Call(importer, "origin_of"u8, place);
        return text.Length == 0 ? "the working directory" : Guarded.TextOf(found.Value) ?? text;
    }
}
