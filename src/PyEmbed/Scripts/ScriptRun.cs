using PyEmbed.Interop;

namespace PyEmbed.Scripts;

/// <summary>Runs of scripts, by <c>pyembed._scripts</c>, in the interpreter that the calling thread serves. The caller holds the GIL.</summary>
internal static unsafe class ScriptRun
{
    /// <summary>Runs a script.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="variables">Its global variables, or null for none.</param>
    /// <param name="read">Makes a .NET value of its result, which it borrows.</param>
    /// <exception cref="PythonException">The script raised an exception.</exception>
    /// <exception cref="ArgumentException">A variable has a name that is Python's own.</exception>
    /// <exception cref="InvalidCastException">A variable is of a type of which no Python object is made; or what <paramref name="read"/> throws.</exception>
    public static T Run<T>(PythonScript script, IEnumerable<KeyValuePair<string, object?>>? variables, Func<nint, T> read)
    {
        using PyRef names = PyRef.Own(NewVariables(variables));
        using PyRef module = PyRef.Take(PythonCode.Own("pyembed._scripts"u8));
        using PyRef known = PyRef.Take(HostCall.Invoke(module.Value, "run", NewNumber(script), names.NewReference()));
        using PyRef loaded = PyRef.Own(known.Value != CPython.Py_None ? 0 : HostCall.Invoke(
            module.Value, "run", NewNumber(script), names.NewReference(), Bytes.New(script.Code), Text.New(script.File), ToPython.Convert(script.Source), Text.New(script.Package)));
        nint outcome = loaded.Value == 0 ? known.Value : loaded.Value;
        nint error = CPython.PyTuple_GetItem(outcome, 1);
        return error == CPython.Py_None ? read(CPython.PyTuple_GetItem(outcome, 0)) : throw PythonErrors.Create(error);
    }

    private static nint NewNumber(PythonScript script) => PyRef.Checked(CPython.PyLong_FromLongLong(script.Number));

    private static nint NewVariables(IEnumerable<KeyValuePair<string, object?>>? variables)
    {
        using PyRef names = PyRef.Take(CPython.PyDict_New());
        foreach ((string name, object? value) in variables ?? [])
        {
            if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' is no name for a variable of a script: what begins and ends with two underscores is Python's own.", nameof(variables));
            }

            using PyRef key = PyRef.Own(Text.NewName(name));
            using PyRef item = PyRef.Own(ToPython.Convert(value));
            if (CPython.PyDict_SetItem(names.Value, key.Value, item.Value) != 0)
            {
                PythonErrors.ThrowPending();
            }
        }

        return names.NewReference();
    }
}
