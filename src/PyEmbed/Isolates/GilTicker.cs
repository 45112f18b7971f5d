using PyEmbed.Interop;

namespace PyEmbed.Isolates;

/// <summary>
/// Has the Python code of one interpreter let go of a GIL that it shares with others. Up to 3.12 who waits for the GIL asks only threads of its own interpreter to let go of it, so that
/// a loop in one interpreter would keep all others waiting. A thread that waits in each interpreter at the usual interval does the asking.
/// </summary>
internal sealed unsafe class GilTicker : IDisposable
{
    // As sys.getswitchinterval() has it.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private static GilTicker? main;
    private static int active;

    private readonly ManualResetEventSlim isNeeded = new();
    private readonly Func<bool> goesOn;
    private readonly Thread thread;
    private volatile bool isBusy, isStopped;

    private GilTicker(Func<nint> enter, Func<bool> goesOn)
    {
        this.goesOn = goesOn;
        thread = new Thread(() => Tick(enter())) { IsBackground = true, Name = "PyEmbed GIL ticker" };
        thread.Start();
    }

    /// <summary>Makes the ticker of an isolate, and with the first one that of the main interpreter; null where CPython needs none.</summary>
    /// <param name="interpreter">The isolate's interpreter.</param>
    /// <param name="hasOwnGil">Whether it shares no GIL.</param>
    /// <param name="runsThreads">Whether code of the isolate has left threads running; called with the GIL held.</param>
    public static GilTicker? Create(nint interpreter, bool hasOwnGil, Func<bool> runsThreads)
    {
        if (hasOwnGil || CPython.Version >= 0x030D)
        {
            return null;
        }

        if (main is null)
        {
            GilTicker created = new(EnterMain, () => Volatile.Read(ref active) > 0);
            if (Interlocked.CompareExchange(ref main, created, null) is not null)
            {
                created.Dispose();
            }
        }

        return new GilTicker(() => CPython.PyThreadState_New(interpreter), runsThreads);
    }

    /// <summary>From now on code of the isolate runs, or waits to.</summary>
    public void Begin()
    {
        isBusy = true;
        isNeeded.Set();
        main!.isNeeded.Set();
    }

    /// <summary>What the isolate was given is done.</summary>
    public void End() => isBusy = false;

    /// <summary>Ends it, and gives its thread state back. The caller holds no GIL.</summary>
    public void Dispose()
    {
        isStopped = true;
        isNeeded.Set();
        thread.Join();
        isNeeded.Dispose();
    }

    private static nint EnterMain()
    {
        _ = CPython.PyGILState_Ensure();
        return CPython.PyEval_SaveThread();
    }

    private void Tick(nint state)
    {
        while (true)
        {
            isNeeded.Wait();
            isNeeded.Reset();
            bool counts = this != main;
            if (counts)
            {
                Interlocked.Increment(ref active);
            }

            bool more;
            do
            {
                // Once more after the last work, which may have left threads.
                more = isBusy;
                if (isStopped)
                {
                    break;
                }

                Thread.Sleep(Interval);
                CPython.PyEval_RestoreThread(state);
                more |= goesOn();
                CPython.PyEval_SaveThread();
            }
            while (more);
            if (counts)
            {
                Interlocked.Decrement(ref active);
            }

            if (isStopped)
            {
                CPython.PyEval_RestoreThread(state);
                CPython.PyThreadState_Clear(state);
                CPython.PyThreadState_DeleteCurrent();
                return;
            }
        }
    }
}
