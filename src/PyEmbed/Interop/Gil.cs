using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>
/// Holds the GIL on the calling thread until disposed: <c>using Gil gil = Gil.Acquire();</c>. Nested acquisitions cost next to nothing.
/// A ref struct, so that it can neither leave its thread nor live across an <c>await</c>.
/// </summary>
internal readonly ref struct Gil
{
    private readonly bool releases;

    private Gil(bool releases) => this.releases = releases;

    /// <summary>Whether the calling thread holds the GIL.</summary>
    public static bool IsHeld => ThreadState.HoldsGil;

    /// <summary>Waits for the GIL, unless the calling thread has it already.</summary>
    /// <exception cref="InvalidOperationException">No interpreter was started.</exception>
    /// <exception cref="ObjectDisposedException">The interpreter was stopped.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gil Acquire() => new(Take());

    /// <summary>Releases the GIL if this acquisition took it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        if (CPython.Gate.IsForked)
        {
            CPython.Gate.EndForkedChild();
        }

        if (releases)
        {
            Release();
        }
    }

    /// <summary>Takes the GIL; false where the thread had it already. For <see cref="GilHold"/>, which cannot hold a ref struct.</summary>
    internal static unsafe bool Take()
    {
        if (!CPython.Gate.IsOpen)
        {
            CPython.Gate.ThrowClosed();
        }

        nint state = ThreadState.Current;
        if (state == 0)
        {
            if (!ThreadState.Attach())
            {
                // A thread may do all its work in another host's blocks.
                InterpreterState.Current.Pending.Drain();
                return false;
            }
        }
        else if (CPython.PyThreadState_GetUnchecked() == state)
        {
            InterpreterState.Current.Pending.Drain();
            return false;
        }
        else
        {
            CPython.PyEval_RestoreThread(state);
        }

        if (!CPython.Gate.IsOpen)
        {
            // It closed while this thread waited.
            Release();
            CPython.Gate.ThrowClosed();
        }

        InterpreterState.Current.Pending.Drain();
        return true;
    }

    internal static unsafe void Release() => CPython.PyEval_SaveThread();
}
