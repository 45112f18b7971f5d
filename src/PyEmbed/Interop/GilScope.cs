namespace PyEmbed.Interop;

/// <summary>A change of who holds the GIL, as an object for a public API. Newest first, on the thread that made them, they are disposed.</summary>
internal abstract class GilScope : IDisposable
{
    [ThreadStatic]
    private static GilScope? newest;

    private readonly GilScope? outer;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool disposed;

    protected GilScope()
    {
        Begin();
        outer = newest;
        newest = this;
    }

    /// <summary>The innermost scope of the calling thread, or null.</summary>
    public static GilScope? Newest => newest;

    /// <summary>Ends the change.</summary>
    /// <exception cref="InvalidOperationException">Another thread calls, or a later scope of this thread is still there. Then all stays as it is.</exception>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "Hold and AllowThreads must be disposed on the thread that called them. Never await meanwhile: the code after the await may run on another thread.");
        }

        if (newest != this)
        {
            throw new InvalidOperationException("Hold or AllowThreads was called more than once by this thread; dispose them in reverse order.");
        }

        newest = outer;
        disposed = true;
        End();
    }

    /// <summary>Ends what was begun after a scope and not ended.</summary>
    /// <param name="scope">The scope, or null for the outermost of the calling thread.</param>
    public static void EndInner(GilScope? scope)
    {
        while (newest != scope && newest is { } inner)
        {
            inner.Dispose();
        }
    }

    protected abstract void Begin();

    protected abstract void End();
}
