using PyEmbed.Interop;

namespace PyEmbed.Isolates;

/// <summary>
/// A sub-interpreter of CPython and the state of the one thread that serves it. <c>PyGILState_*</c> knows one interpreter a thread, so nothing here uses that but to come to the main one.
/// </summary>
internal sealed unsafe class SubInterpreter
{
    private readonly object endLock = new();
    private readonly InterpreterState interpreter;
    private readonly nint handle;
    private readonly nint thread;
    private readonly GilTicker? ticker;
    private volatile bool hasLeft;
    private bool isEnding; // Guarded by endLock.

    private SubInterpreter(InterpreterState interpreter, nint handle, bool hasOwnGil)
    {
        this.interpreter = interpreter;
        this.handle = handle;
        HasOwnGil = hasOwnGil;
        thread = CPython.PyThreadState_New(handle);
        Interrupts = new InterruptTarget(thread);
        Interop.ThreadState.Use(thread);
        interpreter.Enter();
        ticker = GilTicker.Create(handle, hasOwnGil, () => CountOtherThreads() > (hasLeft ? 0 : 1));
    }

    /// <summary>Whether it does not share the main interpreter's GIL.</summary>
    public bool HasOwnGil { get; }

    /// <summary>The thread that serves it, to those who interrupt it.</summary>
    public InterruptTarget Interrupts { get; }

    /// <summary>Makes an interpreter that the calling thread serves from now on; it has served none before.</summary>
    /// <param name="interpreter">What managed code keeps of it.</param>
    /// <param name="ownGil">Whether it has a GIL of its own, where CPython can do that.</param>
    /// <exception cref="InvalidOperationException">CPython could not make it; the message is its own.</exception>
    public static SubInterpreter Create(InterpreterState interpreter, bool ownGil)
    {
        CPython.BindInterpreters();
        ownGil &= CPython.Version >= 0x030C;
        nint handle = 0;
        string? error = null;
        using ManualResetEventSlim made = new(), taken = new();

        // CPython makes an interpreter with the first state of it for the calling thread, which must serve the main one at that moment. That is why it is another thread.
        Thread starter = new(() =>
        {
            _ = CPython.PyGILState_Ensure();
            nint main = CPython.PyGILState_GetThisThreadState();
            nint first = New(ownGil, out error);
            if (first != 0)
            {
                handle = CPython.PyThreadState_GetInterpreter(first);
                CPython.PyEval_SaveThread();
                made.Set();
                taken.Wait();
                CPython.PyEval_RestoreThread(first);
                CPython.PyThreadState_Clear(first);
                CPython.PyThreadState_DeleteCurrent();
                CPython.PyEval_RestoreThread(main);
            }

            CPython.PyThreadState_Clear(main);
            CPython.PyThreadState_DeleteCurrent();
            made.Set();
        })
        {
            IsBackground = true,
            Name = "PyEmbed isolate starter",
        };
        starter.Start();
        made.Wait();
        if (error is not null)
        {
            starter.Join();
            throw new InvalidOperationException($"CPython could not make a sub-interpreter: {error}.");
        }

        SubInterpreter created = new(interpreter, handle, ownGil);
        taken.Set();
        starter.Join();
        return created;
    }

    /// <summary>Code runs in it from now on; others that share its GIL get their turns.</summary>
    public void BeginWork() => ticker?.Begin();

    /// <summary>The code has run.</summary>
    public void EndWork() => ticker?.End();

    /// <summary>How many threads of the interpreter's code there are, apart from the calling one, which serves it and holds the GIL.</summary>
    public int CountThreadsLeft() => CountOtherThreads() - (ticker is null ? 0 : 1);

    /// <summary>No thread of another owner comes into the interpreter from now on.</summary>
    public void Close()
    {
        lock (endLock)
        {
            isEnding = true;
        }
    }

    /// <summary>Ends the ticker. The caller holds no GIL.</summary>
    public void StopTicker() => ticker?.Dispose();

    /// <summary>Ends the interpreter. The calling thread, which serves it and holds the GIL, is the only one in it, and it is closed.</summary>
    public void End()
    {
        if (CPython.Version >= 0x030C)
        {
            CPython.Py_EndInterpreter(thread);
        }
        else
        {
            // The GIL is still held then; a state of the main interpreter is needed to let go of it.
            nint main = CPython.PyThreadState_New(CPython.PyInterpreterState_Main());
            CPython.Py_EndInterpreter(thread);
            CPython.PyThreadState_Swap(main);
            CPython.PyThreadState_Clear(main);
            CPython.PyThreadState_DeleteCurrent();
        }

        Interop.ThreadState.Use(0);
    }

    /// <summary>Leaves the interpreter to the other threads in it, for good. The calling thread serves it and holds the GIL.</summary>
    public void Leave()
    {
        hasLeft = true;
        CPython.PyThreadState_Clear(thread);
        CPython.PyThreadState_DeleteCurrent();
        Interop.ThreadState.Use(0);
    }

    /// <summary>Calls on a thread of its own, with the GIL held, unless the interpreter is closed.</summary>
    /// <param name="action">Throws nothing.</param>
    public Thread CallBeside(Action action)
    {
        Thread helper = new(() =>
        {
            nint state;
            lock (endLock)
            {
                if (isEnding)
                {
                    return;
                }

                state = CPython.PyThreadState_New(handle);
            }

            Interop.ThreadState.Use(state);
            interpreter.Enter();
            CPython.PyEval_RestoreThread(state);
            action();
            CPython.PyThreadState_Clear(state);
            CPython.PyThreadState_DeleteCurrent();
            Interop.ThreadState.Use(0);
        })
        {
            IsBackground = true,
            Name = "PyEmbed isolate helper",
        };
        helper.Start();
        return helper;
    }

    // Of any kind, apart from the calling one, which holds the GIL.
    private int CountOtherThreads()
    {
        int count = -1;
        for (nint state = CPython.PyInterpreterState_ThreadHead(handle); state != 0; state = CPython.PyThreadState_Next(state))
        {
            count++;
        }

        return count;
    }

    private static nint New(bool ownGil, out string? error)
    {
        nint first;
        if (CPython.Version < 0x030C)
        {
            first = CPython.Py_NewInterpreter();
            error = first == 0 ? "Py_NewInterpreter failed" : null;
            return first;
        }

        // A process with .NET's threads is not forked from here, nor replaced.
        CPython.PyInterpreterConfig config = new()
        {
            UseMainObmalloc = ownGil ? 0 : 1,
            AllowThreads = 1,
            AllowDaemonThreads = 1,
            CheckMultiInterpExtensions = 1,
            Gil = ownGil ? 2 : 1,
        };
        error = CPython.Py_NewInterpreterFromConfig(&first, &config).Error;
        return error is null ? first : 0;
    }
}
