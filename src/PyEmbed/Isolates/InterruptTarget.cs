using System.Diagnostics;
using PyEmbed.Interop;

namespace PyEmbed.Isolates;

/// <summary>
/// The thread that serves an interpreter, as one that is interrupted. KeyboardInterrupt comes at any bytecode, also between the taking of a lock and the block that gives it back. importlib has
/// such locks, up to 3.11 one for all interpreters of the process: lost there, no import would ever end anywhere. So its code is not interrupted, and what is held all the same is given back afterwards.
/// </summary>
internal sealed unsafe class InterruptTarget
{
    private const string ImportlibFile = "<frozen importlib._bootstrap>";

    // Between looks at a thread that is in importlib: at first it is there for microseconds, later it may be waiting for another.
    private const int ShortestPause = 1, LongestPause = 10;

    // Where a thread's state has its ident up to 3.11; the layout is that of the minor version.
    private static readonly int IdentOffset = CPython.Version switch { < 0x030B => 176, < 0x030C => 152, _ => 0 };

    // That a new thread has not begun after this time means that it could not be started, of which CPython up to 3.11 leaves the state behind.
    private static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(1);

    private readonly nint state;
    private readonly nuint ident = CPython.PyThread_get_thread_ident();
    private nint leaveImports;

    /// <summary>The calling thread.</summary>
    /// <param name="state">Its state.</param>
    public InterruptTarget(nint state) => this.state = state;

    /// <summary>Makes ready what <see cref="Settle"/> calls. The caller holds the GIL.</summary>
    /// <param name="module">The interpreter's <c>pyembed._isolate</c>.</param>
    public void Prepare(nint module) => leaveImports = PyRef.Checked(CPython.PyObject_GetAttrString(module, Text.Ascii("leave_imports"u8)));

    /// <summary>Has the thread raise KeyboardInterrupt at its next bytecode outside of importlib, once threads that it starts have begun. The caller is another thread in the interpreter, holds the GIL, and lets go of it where it has to wait.</summary>
    /// <param name="isWanted">Whether it still runs what is to be interrupted; throws nothing.</param>
    public void Interrupt(Func<bool> isWanted)
    {
        for (int pause = ShortestPause; isWanted(); pause = Math.Min(2 * pause, LongestPause))
        {
            if (IsFound() && !IsInImportlib())
            {
                _ = CPython.PyThreadState_SetAsyncExc(ident, CPython.PyExc_KeyboardInterrupt);
                return;
            }

            nint own = CPython.PyEval_SaveThread();
            Thread.Sleep(pause);
            CPython.PyEval_RestoreThread(own);
        }
    }

    /// <summary>
    /// Takes back an interrupt that has come too late, and gives back what it has left locked. The thread itself calls, when what it was given is done and nobody interrupts it any more. This goes past the
    /// gate: it is as necessary where Python or the isolate has been disposed meanwhile.
    /// </summary>
    public void Settle()
    {
        bool holds = CPython.PyThreadState_GetUnchecked() == state;
        if (!holds)
        {
            CPython.PyEval_RestoreThread(state);
        }

        for (long start = Stopwatch.GetTimestamp(); !IsFound() && Stopwatch.GetElapsedTime(start) < BeginLimit;)
        {
            CPython.PyEval_SaveThread();
            Thread.Sleep(ShortestPause);
            CPython.PyEval_RestoreThread(state);
        }

        _ = CPython.PyThreadState_SetAsyncExc(ident, 0);
        nint none = CPython.PyObject_VectorcallDict(leaveImports, null, 0, 0);
        if (none == 0)
        {
            CPython.PyErr_WriteUnraisable(leaveImports);
        }
        else
        {
            CPython.Py_DecRef(none);
        }

        if (!holds)
        {
            CPython.PyEval_SaveThread();
        }
    }

    /// <summary>Gives back what <see cref="Prepare"/> has made, if it was called. The caller holds the GIL.</summary>
    public void Release()
    {
        if (leaveImports != 0)
        {
            CPython.Release(leaveImports);
            leaveImports = 0;
        }
    }

    // Whether CPython finds this thread by its ident. Up to 3.11 the state of a thread has the ident of the one that starts it until it begins, and is found in its stead; interrupted, it would end before
    // it begins, and who has started it would wait for ever.
    private bool IsFound()
    {
        if (IdentOffset == 0 || IdentOf(state) != ident)
        {
            return true;
        }

        nint found = CPython.PyInterpreterState_ThreadHead(CPython.PyThreadState_GetInterpreter(state));
        while (IdentOf(found) != ident)
        {
            found = CPython.PyThreadState_Next(found);
        }

        return found == state;
    }

    private static nuint IdentOf(nint thread) => *(nuint*)(thread + IdentOffset);

    private bool IsInImportlib()
    {
        using PyRef frame = PyRef.Own(CPython.PyThreadState_GetFrame(state));
        if (frame.Value == 0)
        {
            return false;
        }

        using PyRef code = PyRef.Take(CPython.PyFrame_GetCode(frame.Value));
        using PyRef file = PyRef.Take(CPython.PyObject_GetAttrString(code.Value, Text.Ascii("co_filename"u8)));
        return Text.Read(file.Value) == ImportlibFile;
    }
}
