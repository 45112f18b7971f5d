using System.Collections.Concurrent;

namespace PyEmbed.Interop;

/// <summary>
/// CPython's thread state of each .NET thread. It is made at the thread's first acquisition and kept while the thread lives:
/// <c>PyGILState_Ensure</c> and <c>Release</c> alone would make and delete one, its stack included, with every outermost pair,
/// and Python would see a new thread each time (<c>threading.local</c> empty, <c>current_thread</c> another).
/// </summary>
internal sealed unsafe class ThreadState
{
    // A dead thread's state takes some 20 KB; a handful is not worth a thread.
    private const int ReapThreshold = 16;

    private static readonly ConcurrentQueue<nint> Dead = new();
    private static int deadCount; // The queue's own count costs every start its compilation.
    private static int reaping;

    [ThreadStatic]
    private static nint current;

    [ThreadStatic]
    private static ThreadState? owned;

    private readonly nint state;

    private ThreadState(nint state) => this.state = state;

    /// <summary>Runs when the thread has ended. Finalisers never touch Python: the state only goes on the list.</summary>
    ~ThreadState()
    {
        Dead.Enqueue(state);
        Interlocked.Increment(ref deadCount);
    }

    /// <summary>The calling thread's state, 0 before its first acquisition.</summary>
    public static nint Current => current;

    /// <summary>Finds or makes the calling thread's state and takes the GIL; false where the thread held it already.</summary>
    public static bool Attach()
    {
        nint before = CPython.PyGILState_GetThisThreadState();
        bool held = before != 0 && CPython.PyThreadState_GetUnchecked() == before;

        // Never matched by a Release: the count keeps the state, whichever host made it, from being deleted under us.
        _ = CPython.PyGILState_Ensure();
        current = CPython.PyGILState_GetThisThreadState();
        if (before == 0)
        {
            owned = new ThreadState(current);
        }

        if (deadCount >= ReapThreshold && Interlocked.Exchange(ref reaping, 1) == 0)
        {
            new Thread(Reap) { IsBackground = true, Name = "PyEmbed thread state reaper" }.Start();
        }

        return !held;
    }

    // On a thread of its own, because from 3.12 on PyThreadState_Delete also forgets which state the calling thread has:
    // any other thread would deadlock in its next PyGILState_Ensure. This one ends right after.
    private static void Reap()
    {
        if (CPython.Gate.IsOpen)
        {
            _ = CPython.PyGILState_Ensure();
            nint own = CPython.PyGILState_GetThisThreadState();
            var states = new List<nint>();
            while (Dead.TryDequeue(out nint dead))
            {
                Interlocked.Decrement(ref deadCount);

                // May run Python code (finalisers of thread locals), so all of it comes before the first deletion.
                CPython.PyThreadState_Clear(dead);
                states.Add(dead);
            }

            foreach (nint dead in states)
            {
                CPython.PyThreadState_Delete(dead);
            }

            CPython.PyThreadState_Clear(own);
            CPython.PyThreadState_DeleteCurrent();
        }

        reaping = 0;
    }
}
