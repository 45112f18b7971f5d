using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// Has what CPython compiled written to the code cache while the process runs. The importer itself writes when it compiles more, and at exit;
/// a service imports once and is ended by a signal.
/// </summary>
/// <remarks>A timer of .NET: a thread of Python's own would be in the way of programs that fork. The end of the process does not wait for it; what is half written then harms nothing.</remarks>
internal sealed unsafe class CodeCacheTimer : IDisposable
{
    // Most is compiled soon after the start. Each call takes the GIL once, whether or not there is something to write.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2), Longest = TimeSpan.FromMinutes(1);

    private readonly PythonObject host;
    private readonly Timer timer;
    private TimeSpan delay = First;

    /// <summary>Starts it.</summary>
    /// <param name="host">The module <c>pyembed._host</c>.</param>
    public CodeCacheTimer(PythonObject host)
    {
        this.host = host;
        timer = new Timer(timer => ((CodeCacheTimer)timer!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops it. A call that is under way goes on.</summary>
    public void Dispose() => timer.Dispose();

    private void Run()
    {
        try
        {
            using (Gil.Acquire())
            {
                Write();
            }

            delay = delay * 2 < Longest ? delay * 2 : Longest;
            timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Python was stopped meanwhile.
        }
    }

    private void Write()
    {
        nint self = host.Handle, name = Text.NewName("write_code_cache");
        nint result = CPython.PyObject_VectorcallMethod(name, &self, 1, 0);
        if (result == 0)
        {
            CPython.PyErr_WriteUnraisable(name);
        }
        else
        {
            CPython.Py_DecRef(result);
        }

        CPython.Py_DecRef(name);
    }
}
