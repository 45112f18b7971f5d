using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>A time in which Python's cyclic garbage collector rests, see <see cref="PythonInterpreter.DeferCollector"/>.</summary>
internal sealed class CollectorDeferral : IDisposable
{
    private int ended;

    /// <summary>Begins it.</summary>
    public CollectorDeferral() => Call("begin");

    /// <summary>Ends it. Does nothing when repeated, and after Python was stopped.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0 && CPython.Gate.IsOpen)
        {
            Call("end");
        }
    }

    private static void Call(string function)
    {
        using Gil gil = Gil.Acquire();
        using PyRef module = PyRef.Take(PythonCode.Own("pyembed._collector"u8));
        using PyRef none = PyRef.Take(HostCall.Invoke(module.Value, function));
    }
}
