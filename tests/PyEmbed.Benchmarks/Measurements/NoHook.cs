using System.Runtime.InteropServices;
using PyEmbed.Interop;

/// <summary>An audit hook in C that does nothing: what PEP 578 itself costs, before any decision.</summary>
internal static unsafe class NoHook
{
    public static void Install()
    {
        using Gil gil = Gil.Acquire();
        var add = (delegate* unmanaged[Cdecl]<void*, void*, int>)NativeLibrary.GetExport(CPython.Library, "PySys_AddAuditHook");

        // A function of CPython's own that takes nothing and returns 0 here: while hooks run, no exception is pending.
        if (add((void*)NativeLibrary.GetExport(CPython.Library, "PyErr_Occurred"), null) != 0)
        {
            PythonErrors.ThrowPending();
        }
    }
}
