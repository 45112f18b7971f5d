using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>The dict behind a type's <c>__dict__</c>, for taking a member out of a type in C.</summary>
internal static unsafe class TypeDictionary
{
    private static nint getReferents;

    /// <summary>Finds the function that leads there before anybody's code could put another in its place.</summary>
    public static void Prepare()
    {
        // Made anew and not in sys.modules: an import policy need not allow it, and nobody finds it there.
        using PyRef loader = PyRef.Take(PythonCode.Own("_imp"u8));
        using PyRef name = PyRef.Take(Text.New("gc"));
        using PyRef module = PyRef.Take(HostCall.Invoke(loader.Value, "create_builtin", ModuleLoading.PlainSpec(name.Value)));
        using PyRef code = PyRef.Take(HostCall.Invoke(loader.Value, "exec_builtin", module.NewReference()));
        getReferents = PyRef.Checked(CPython.PyObject_GetAttrString(module.Value, Text.Ascii("get_referents"u8)));
    }

    /// <summary>A new reference to the dict.</summary>
    public static nint Of(nint type)
    {
        using PyRef proxy = PyRef.Take(CPython.PyObject_GetAttrString(type, Text.Ascii("__dict__"u8)));
        nint* arguments = stackalloc nint[] { proxy.Value };
        using PyRef behind = PyRef.Take(CPython.PyObject_VectorcallDict(getReferents, arguments, 1, 0));
        return PyRef.New(CPython.PyList_GetItem(behind.Value, 0));
    }
}
