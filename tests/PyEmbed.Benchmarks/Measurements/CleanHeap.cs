using System.Runtime.InteropServices;
using PyEmbed.Interop;

/// <summary>What Python's collector has left to do: it counts objects, so what is timed would meet another collection or not by what ran before.</summary>
internal static unsafe class CleanHeap
{
    /// <summary>Collects all, so that the collector's counts are those of a new beginning.</summary>
    public static void Collect()
    {
        using Gil gil = Gil.Acquire();
        _ = ((delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(CPython.Library, "PyGC_Collect"))();
    }
}
