using System.Collections.Concurrent;

namespace PyEmbed.Interop;

/// <summary>
/// References of one interpreter that finalisers, or threads of other interpreters, gave up. A thread that takes the GIL, or whose Python code calls a native function, releases them,
/// a bounded number at a time.
/// </summary>
internal sealed class PendingReleases
{
    // Keeps what one acquisition may cost for others within some ten microseconds.
    private const int DrainLimit = 128;

    private ConcurrentQueue<nint>? queue; // Made with the first reference: many starts end without one, and its compilation takes longer than they have.
    private volatile bool any;
    private bool draining; // Guarded by the GIL.

    /// <summary>Queues one owned reference. Needs no GIL, blocks nowhere.</summary>
    public void Enqueue(nint reference)
    {
        LazyInitializer.EnsureInitialized(ref queue).Enqueue(reference);
        any = true;
    }

    /// <summary>Releases references that are queued. The caller holds the GIL.</summary>
    public void Drain()
    {
        if (any && !draining)
        {
            DrainSome();
        }
    }

    /// <summary>Releases all that are queued. The caller holds the GIL.</summary>
    public void DrainAll()
    {
        while (any && !draining)
        {
            DrainSome();
        }
    }

    // What it releases may run Python code, and that code what drains again: of a long chain of such objects each would need a part of the stack.
    private unsafe void DrainSome()
    {
        draining = true;
        any = false;
        for (int i = 0; i < DrainLimit; i++)
        {
            if (!queue!.TryDequeue(out nint reference))
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
