using System.Collections.Concurrent;

namespace PyEmbed.Interop;

/// <summary>
/// CPython's thread state of each .NET thread. It is made at the thread's first acquisition and kept while the thread lives:
/// <c>PyGILState_Ensure</c> and <c>Release</c> alone would make and delete one, its stack included, with every outermost pair,
/// and Python would see a new thread each time (<c>threading.local</c> empty, <c>current_thread</c> another).
/// </summary>
/// <remarks>
/// A state that somebody else made is used and never kept: another host's (pythonnet's <c>Py.GIL()</c>) is deleted with its outermost block, that of a thread which
/// Python began with the thread.
/// </remarks>
internal sealed unsafe class ThreadState
{
    // A dead thread's state takes some 20 KB; a handful is not worth a thread.
    private const int ReapThreshold = 16;

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
        Graveyard.Dead.Enqueue(state);
        Interlocked.Increment(ref deadCount);
    }

    /// <summary>The calling thread's state if PyEmbed made it or was given it to keep, else 0.</summary>
    public static nint Current => current;

    /// <summary>Whether the calling thread holds the GIL, whoever made its state.</summary>
    public static bool HoldsGil
    {
        get
        {
            nint state = current != 0 ? current : CPython.PyGILState_GetThisThreadState();
            return state != 0 && CPython.PyThreadState_GetUnchecked() == state;
        }
    }

    /// <summary>Keeps the state that CPython made for the calling thread when it was initialised: that one is never deleted.</summary>
    public static void KeepCurrent() => current = CPython.PyGILState_GetThisThreadState();

    /// <summary>Has the calling thread use a state that its owner made and deletes; 0 where it is to have none any more.</summary>
    public static void Use(nint state) => current = state;

    /// <summary>Takes the GIL for a thread without a state of ours: by another's, or by a new one; false where the thread held it already.</summary>
    public static bool Attach()
    {
        nint state = CPython.PyGILState_GetThisThreadState();
        if (state != 0)
        {
            if (CPython.PyThreadState_GetUnchecked() == state)
            {
                return false;
            }

            CPython.PyEval_RestoreThread(state);
            return true;
        }

        // Never matched by a Release: the count keeps the state from being deleted by another host's.
        _ = CPython.PyGILState_Ensure();
        current = CPython.PyGILState_GetThisThreadState();
        owned = new ThreadState(current);
        if (deadCount >= ReapThreshold && Interlocked.Exchange(ref reaping, 1) == 0)
        {
            new Thread(Reap) { IsBackground = true, Name = "PyEmbed thread state reaper" }.Start();
        }

        return true;
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
            while (Graveyard.Dead.TryDequeue(out nint dead))
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

    // Made when the first thread has ended, for the sake of starts.
    private static class Graveyard
    {
        public static readonly ConcurrentQueue<nint> Dead = new();
    }
}
