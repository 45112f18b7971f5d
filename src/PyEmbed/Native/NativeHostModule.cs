using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>The module <c>pyembed._native</c>, which knows the native modules on Python's side. The caller holds the GIL.</summary>
internal static unsafe class NativeHostModule
{
    // Kept for the life of the process.
    private static nint module;

    /// <summary>The module, borrowed; imported, and told how to keep managed code from running, when first asked for.</summary>
    public static nint Handle
    {
        get
        {
            if (module == 0)
            {
                Enter();
            }

            return module;
        }
    }

    /// <summary>Its class <c>NativeReference</c>, borrowed; 0 while nobody has needed the module.</summary>
    public static nint ReferenceType { get; private set; }

    private static void Enter()
    {
        using PyRef imported = PyRef.Take(PythonCode.Own("pyembed._native"u8));
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(imported.Value, Text.Ascii("NativeReference"u8)));
        using PyRef none = PyRef.Take(HostCall.Invoke(
            imported.Value, "enter", ManagedReference.CreateReleaseView(), PyRef.Checked(CPython.PyLong_FromLongLong(CPython.PyObject_CallNoArgs))));
        ReferenceType = type.NewReference();
        module = imported.NewReference();
    }
}
