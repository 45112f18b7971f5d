using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// Calls of the importer and the host module at start-up. They bypass the conversions of <see cref="PythonObject"/>, whose compilation by the JIT
/// would cost more than all the calls. The caller holds the GIL.
/// </summary>
internal static unsafe class HostCall
{
    /// <summary>Calls a method; consumes the references to the arguments.</summary>
    /// <returns>A new reference.</returns>
    /// <exception cref="PythonException">The method raised an exception.</exception>
    public static nint Invoke(nint self, string method, params ReadOnlySpan<nint> arguments)
    {
        nint* slots = stackalloc nint[arguments.Length + 1];
        slots[0] = self;
        for (int i = 0; i < arguments.Length; i++)
        {
            slots[i + 1] = arguments[i];
        }

        nint name = Text.NewName(method);
        nint result = CPython.PyObject_VectorcallMethod(name, slots, (nuint)(arguments.Length + 1), 0);
        CPython.Py_DecRef(name);
        foreach (nint argument in arguments)
        {
            CPython.Py_DecRef(argument);
        }

        return PyRef.Checked(result);
    }

    /// <summary>A new list of str.</summary>
    public static nint List(IReadOnlyList<string> texts)
    {
        nint list = PyRef.Checked(CPython.PyList_New(0));
        for (int i = 0; i < texts.Count; i++)
        {
            using PyRef text = PyRef.Take(Text.New(texts[i]));
            if (CPython.PyList_Append(list, text.Value) != 0)
            {
                PythonErrors.ThrowPending();
            }
        }

        return list;
    }
}
