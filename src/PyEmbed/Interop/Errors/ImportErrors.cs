namespace PyEmbed.Interop;

/// <summary>Says of an ImportError where the module was looked for, as the import system's own <c>pyembed._searched</c> has it.</summary>
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
            AddAll(origins, tried.Value);
            return new PythonImportException(parts, module, origins.AsReadOnly(), rule, importedBy);
        }

        using PyRef searched = Guarded.Module("pyembed._searched"u8);
        using PyRef found = Guarded.Call(searched.Value, "of_error"u8, exception);
        AddAll(origins, found.Value);
        string message = origins.Count == 0 ? parts.Message : $"{parts.Message} (looked in: {string.Join(", ", origins)})";
        return new PythonImportException(parts with { Message = message }, module, origins.AsReadOnly(), null, importedBy);
    }

    private static void AddAll(List<string> origins, nint texts)
    {
        using PyRef iterator = texts == 0 ? PyRef.Own(0) : Guarded.Result(CPython.PyObject_GetIter(texts));
        while (iterator.Value != 0)
        {
            using PyRef entry = Guarded.Result(CPython.PyIter_Next(iterator.Value));
            if (entry.Value == 0)
            {
                return;
            }

            if (Guarded.TextOf(entry.Value) is { } text)
            {
                origins.Add(text);
            }
        }
    }
}
