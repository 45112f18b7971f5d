namespace PyEmbed.Interop;

/// <summary>An acquisition of the GIL as an object, for a public API. Newest first, on the thread that made it, it is disposed.</summary>
internal sealed class GilHold : IDisposable
{
    [ThreadStatic]
    private static GilHold? newest;

    private readonly GilHold? outer;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly bool releases;
    private bool disposed;

    /// <summary>Takes the GIL for the calling thread.</summary>
    /// <inheritdoc cref="Gil.Acquire"/>
    public GilHold()
    {
        releases = Gil.Take();
        outer = newest;
        newest = this;
    }

    /// <summary>Lets go of the GIL, if this is the outermost acquisition of its thread.</summary>
    /// <exception cref="InvalidOperationException">Another thread calls, or a later hold of this thread is still there. Then the GIL stays held.</exception>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "The GIL must be released on the thread that holds it. Never await while holding it: the code after the await may run on another thread.");
        }

        if (newest != this)
        {
            throw new InvalidOperationException("The GIL is held more than once by this thread; dispose the holds in reverse order.");
        }

        newest = outer;
        disposed = true;
        if (releases)
        {
            Gil.Release();
        }
    }
}
