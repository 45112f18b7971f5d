using PyEmbed.Interop;

namespace PyEmbed.PythonNet;

/// <summary>
/// Holds a lock whose owner takes the GIL: a thread that comes with the GIL lets go of it while it waits, or both would wait for each other.
/// </summary>
internal readonly ref struct GilFreeLock
{
    private readonly object monitor;

    public unsafe GilFreeLock(object monitor)
    {
        this.monitor = monitor;
        nint state = 0;

        // The owner may be the one to bind CPython, without which there is no telling who holds the GIL: looked at again and again.
        while (!Monitor.TryEnter(monitor, TimeSpan.FromMilliseconds(20)))
        {
            if (state == 0 && CPython.Library != 0 && Gil.IsHeld)
            {
                state = CPython.PyEval_SaveThread();
            }
        }

        if (state != 0)
        {
            CPython.PyEval_RestoreThread(state);
        }
    }

    public void Dispose() => Monitor.Exit(monitor);
}
