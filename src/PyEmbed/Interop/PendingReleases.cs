using System.Collections.Concurrent;

namespace PyEmbed.Interop;

/// <summary>References that finalisers gave up. A thread that takes the GIL, or whose Python code calls a native function, releases them, a bounded number at a time.</summary>
internal static unsafe class PendingReleases
{
    // Keeps what one acquisition may cost for others within some ten microseconds.
    private const int DrainLimit = 128;

    private static readonly ConcurrentQueue<nint> Queue = new();
    private static volatile bool any;
    private static bool draining; // Guarded by the GIL.

    /// <summary>Queues one owned reference. Needs no GIL, blocks nowhere.</summary>
    public static void Enqueue(nint reference)
    {
        Queue.Enqueue(reference);
        any = true;
    }

    /// <summary>Releases references that are queued. The caller holds the GIL.</summary>
    public static void Drain()
    {
        if (any && !draining)
        {
            DrainSome();
        }
    }

    // What it releases may run Python code, and that code what drains again: of a long chain of such objects each would need a part of the stack.
    private static void DrainSome()
    {
        draining = true;
        any = false;
        for (int i = 0; i < DrainLimit; i++)
        {
            if (!Queue.TryDequeue(out nint reference))
            {
                draining = false;
                return;
            }

            CPython.Py_DecRef(reference);
        }

        any = true;
        draining = false;
    }
}
