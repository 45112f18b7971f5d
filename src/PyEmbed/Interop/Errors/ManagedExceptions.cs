namespace PyEmbed.Interop;

/// <summary>
/// Finds the .NET exception that a Python exception stands for: one that managed code threw, that went through Python and comes back.
/// How the one hangs on the other is the business of whoever let it into Python, each of whom adds a source.
/// </summary>
internal static class ManagedExceptions
{
    private static readonly object SourcesLock = new();
    private static volatile Func<PythonObject, Exception?>[] sources = [];

    /// <summary>Adds a source, which is asked after those that were added before.</summary>
    /// <param name="source">
    /// Gives the .NET exception of a Python exception instance, or null for one that it knows nothing of. It is called with the GIL held while the Python exception
    /// is described, neither disposes the object nor keeps it, throws nothing and leaves no Python exception pending.
    /// </param>
    public static void AddSource(Func<PythonObject, Exception?> source)
    {
        lock (SourcesLock)
        {
            sources = [.. sources, source];
        }
    }

    /// <summary>The .NET exception that an exception instance stands for, or null. The caller holds the GIL.</summary>
    public static Exception? Of(PythonObject exception)
    {
        foreach (Func<PythonObject, Exception?> source in sources)
        {
            if (source(exception) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
