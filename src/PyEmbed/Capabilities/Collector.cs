using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Python's garbage collector: up to CPython 3.11 any allocation may run it, and with it the finalizers of anybody's objects, in the midst of a C function. It pauses where something is being
/// made that is not guarded yet. The GIL is held throughout.
/// </summary>
internal static unsafe class Collector
{
    private static nint isEnabled, disable, enable, getReferents;

    /// <summary>Finds its functions before anybody's code could put others in their place.</summary>
    public static void Prepare()
    {
        // Made anew and not in sys.modules: an import policy need not allow it, and nobody finds it there.
        using PyRef loader = PyRef.Take(PythonCode.Own("_imp"u8));
        using PyRef name = PyRef.Take(Text.New("gc"));
        using PyRef module = PyRef.Take(HostCall.Invoke(loader.Value, "create_builtin", ModuleLoading.PlainSpec(name.Value, CPython.Py_None)));
        using PyRef code = PyRef.Take(HostCall.Invoke(loader.Value, "exec_builtin", module.NewReference()));
        getReferents = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("get_referents"u8)));
        isEnabled = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("isenabled"u8)));
        disable = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("disable"u8)));
        enable = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("enable"u8)));
    }

    /// <summary>Has it wait.</summary>
    /// <returns>What <see cref="Resume"/> is given.</returns>
    public static bool Pause()
    {
        using PyRef answer = PyRef.Take(CPython.PyObject_VectorcallDict(isEnabled, null, 0, 0));
        using PyRef done = PyRef.Take(CPython.PyObject_VectorcallDict(disable, null, 0, 0));
        return answer.Value == CPython.Py_True;
    }

    /// <summary>Has it run again, if it did before. Leaves a pending exception as it is.</summary>
    public static void Resume(bool wasRunning)
    {
        if (wasRunning)
        {
            nint pending = CPython.PyErr_GetRaisedException();
            CPython.Py_DecRef(PyRef.Checked(CPython.PyObject_VectorcallDict(enable, null, 0, 0)));
            if (pending != 0)
            {
                CPython.PyErr_SetRaisedException(pending);
            }
        }
    }

    /// <summary>A new reference to the dict behind a type's <c>__dict__</c>, for taking a member out of a type in C.</summary>
    public static nint DictOf(nint type)
    {
        using PyRef proxy = PyRef.Take(CPython.PyObject_GetAttrString(type, Text.Ascii("__dict__"u8)));
        nint* arguments = stackalloc nint[] { proxy.Value };
        using PyRef behind = PyRef.Take(CPython.PyObject_VectorcallDict(getReferents, arguments, 1, 0));
        return PyRef.New(CPython.PyList_GetItem(behind.Value, 0));
    }
}
