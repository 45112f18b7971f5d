using System.Diagnostics.CodeAnalysis;
using PyEmbed.Native;

namespace PyEmbed.Interop;

/// <summary>
/// What managed code keeps of one interpreter: objects belong to the interpreter that made them, and so do their reference counts. There is the main interpreter, and one state for each isolate.
/// </summary>
/// <remarks>No operating system thread serves two interpreters (<c>PyGILState_Ensure</c> would give it the first one ever after), so the thread tells which one is meant.</remarks>
internal sealed class InterpreterState
{
    [ThreadStatic]
    private static InterpreterState? current;

    private volatile bool isEnded;

    /// <param name="name">What errors call it.</param>
    public InterpreterState(string name) => Name = name;

    /// <summary>That of every thread that no isolate owns.</summary>
    public static InterpreterState Main { get; } = new("the main interpreter");

    /// <summary>The one that the calling thread serves.</summary>
    public static InterpreterState Current => current ?? Main;

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>Interned names, for <see cref="Text.NewName"/>. Guarded by the GIL; the references are kept as long as the interpreter lives.</summary>
    public Dictionary<string, nint> Names { get; } = new(StringComparer.Ordinal);

    /// <summary><c>decimal.Decimal</c>, or 0 while nobody needed it. Guarded by the GIL.</summary>
    public nint DecimalType { get; set; }

    /// <summary>References that finalisers gave up.</summary>
    public PendingReleases Pending { get; } = new();

    /// <summary>The modules written in C#.</summary>
    public NativeState Native { get; } = new();

    /// <summary>Managed objects whose memory Python code of the interpreter may look at. Guarded by the GIL.</summary>
    public List<object> Kept { get; } = [];

    /// <summary>Whether the interpreter is there no more, or must not be used: its objects cannot be used, and nothing is given back.</summary>
    public bool IsEnded => isEnded;

    /// <summary>Has the calling thread serve this interpreter, for good.</summary>
    public void Enter() => current = this == Main ? null : this;

    /// <summary>From now on its objects cannot be used.</summary>
    public void End() => isEnded = true;

    /// <summary>Gives back what managed code keeps for itself. The caller holds the GIL; nothing of the interpreter is used from managed code any more.</summary>
    public void ReleaseOwn()
    {
        Native.Release();
        foreach (nint name in Names.Values)
        {
            CPython.Release(name);
        }

        Names.Clear();
        if (DecimalType != 0)
        {
            CPython.Release(DecimalType);
            DecimalType = 0;
        }

        Pending.DrainAll();
    }

    /// <summary>Why an object of this interpreter cannot be used by the calling thread.</summary>
    /// <exception cref="InvalidOperationException">The calling thread serves another interpreter.</exception>
    /// <exception cref="ObjectDisposedException">The isolate has ended.</exception>
    [DoesNotReturn]
    public void ThrowForeign()
    {
        if (isEnded)
        {
            throw new ObjectDisposedException(nameof(PythonIsolate), $"The Python object belongs to {Name}, which was disposed; none of its objects can be used any more.");
        }

        throw new InvalidOperationException(
            $"The Python object belongs to {Name}, and the calling thread serves {Current.Name}: objects never cross between interpreters. " +
            (this == Main ? "Use it outside of PythonIsolate.Run" : "Use it in the isolate's own Run") + ", and pass .NET values from one to the other.");
    }
}
