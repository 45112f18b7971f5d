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

    private readonly nint state;
    private readonly nuint ident = CPython.PyThread_get_thread_ident();
    private nint leaveImports;

    /// <summary>The calling thread.</summary>
    /// <param name="state">Its state.</param>
    public InterruptTarget(nint state) => this.state = state;

    /// <summary>Makes ready what <see cref="Settle"/> calls. The caller holds the GIL.</summary>
    /// <param name="module">The interpreter's <c>pyembed._isolate</c>.</param>
    public void Prepare(nint module) => leaveImports = PyRef.Checked(CPython.PyObject_GetAttrString(module, Text.Ascii("leave_imports"u8)));

    /// <summary>Has the thread raise KeyboardInterrupt at its next bytecode outside of importlib. The caller is another thread in the interpreter, holds the GIL, and lets go of it where it has to wait.</summary>
    /// <param name="isWanted">Whether it still runs what is to be interrupted; throws nothing.</param>
    public void Interrupt(Func<bool> isWanted)
    {
        for (int pause = ShortestPause; isWanted(); pause = Math.Min(2 * pause, LongestPause))
        {
            if (!IsInImportlib())
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
