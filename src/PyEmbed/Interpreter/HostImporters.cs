using PyEmbed.Interop;
using PyEmbed.Native;

namespace PyEmbed;

/// <summary>Puts <see cref="PythonOptions.Importers"/> on <c>sys.meta_path</c>. The caller holds the GIL.</summary>
internal static unsafe class HostImporters
{
    /// <summary>Installs all, or none; returns what <see cref="Uninstall"/> takes off.</summary>
    /// <exception cref="ArgumentException">A reference names no finder.</exception>
    /// <exception cref="PythonException">Python code that was imported for one raised an exception.</exception>
    public static PythonObject? Install(IReadOnlyList<PythonImporter> importers)
    {
        if (importers.Count == 0)
        {
            return null;
        }

        using PyRef list = PyRef.Take(CPython.PyList_New(0));
        foreach (PythonImporter importer in importers)
        {
            using PyRef pair = PyRef.Take(CPython.PyTuple_New(2));
            _ = CPython.PyTuple_SetItem(pair.Value, 0, Text.New(importer.Name));
            _ = CPython.PyTuple_SetItem(pair.Value, 1, importer.Find is null ? PyRef.New(CPython.Py_None) : Function(importer.Find));
            if (CPython.PyList_Append(list.Value, pair.Value) != 0)
            {
                PythonErrors.ThrowPending();
            }
        }

        try
        {
            return new PythonObject(Call("install", list.NewReference()));
        }
        catch (PythonException e) when (e.PythonType == "TypeError" && e.Message.Contains("PythonOptions.Importers: ", StringComparison.Ordinal))
        {
            throw new ArgumentException(e.Message[(e.PythonType.Length + ": ".Length)..], e);
        }
    }

    /// <summary>Takes importers off.</summary>
    public static void Uninstall(PythonObject? installed)
    {
        if (installed is not null)
        {
            using PyRef none = PyRef.Take(Call("uninstall", installed.NewReference()));
            installed.Dispose();
        }
    }

    private static nint Function(Func<string, PythonModuleSource?> find)
    {
        (string, bool, string?)? Found(string name) => find(name) is { } source ? (source.Source, source.IsPackage, source.Origin) : null;

        Func<string, object?> function = name => Found(name);
        NativeSignature signature = NativeSignature.Create("find", function.Method, [typeof(string), typeof(object)], null, null);
        return new NativeFunction<string, object?>(signature, function).CreateFunction("pyembed");
    }

    private static nint Call(string function, nint argument)
    {
        using PyRef module = PyRef.Take(PythonCode.Own("pyembed._importers"u8));
        return HostCall.Invoke(module.Value, function, argument);
    }
}
