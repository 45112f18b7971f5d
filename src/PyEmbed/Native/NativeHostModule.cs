using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>The module <c>pyembed._native</c>, which knows the native modules on Python's side. The caller holds the GIL.</summary>
internal static unsafe class NativeHostModule
{
    /// <summary>The module, borrowed; imported, and told how to keep managed code from running, when first asked for.</summary>
    public static nint Handle
    {
        get
        {
            NativeState native = NativeState.Current;
            if (native.Host.Module == 0)
            {
                Enter(native);
            }

            return native.Host.Module;
        }
    }

    private static void Enter(NativeState native)
    {
        using PyRef imported = PyRef.Take(PythonCode.Own("pyembed._native"u8));
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(imported.Value, Text.Ascii("NativeReference"u8)));
        using PyRef none = PyRef.Take(HostCall.Invoke(
            imported.Value, "enter", ManagedReference.CreateReleaseView(), PyRef.Checked(CPython.PyLong_FromLongLong(CPython.PyObject_CallNoArgs))));
        native.Host = (imported.NewReference(), type.NewReference());
    }
}
