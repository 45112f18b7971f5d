using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// Ends an interpreter that this process goes on without, or ends with. CPython is never finalised (<c>Py_FinalizeEx</c>): afterwards any
/// thread that comes back to it would crash. What users see of finalisation is done instead: Python's threads are joined, atexit's
/// functions run, the streams are flushed.
/// </summary>
internal static unsafe class InterpreterExit
{
    // What an exit may take: the process ends on time also if Python code does not. Output is flushed even where threads are not joined.
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(3);
    internal static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(2);

    private static PythonObject? host;
    private static Action? atEnd;
    private static int done;
    private static int saidGilIsHeld;

    /// <summary>From now on Python is ended with the process, however that ends. Once is enough.</summary>
    /// <param name="hostModule">The module <c>pyembed._host</c>.</param>
    public static void Register(PythonObject hostModule)
    {
        if (host is not null)
        {
            return;
        }

        host = hostModule;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
    }

    /// <summary>Adds what is done last where the process goes on without Python. The action is called with the GIL held, the gate closed.</summary>
    public static void AtEnd(Action action) => atEnd = action;

    /// <summary>Ends Python on the calling thread; waits for Python's non-daemon threads as <c>python</c> does.</summary>
    /// <param name="interruptible">Whether Ctrl-C ends the waiting, as it does for <c>python</c>; otherwise it stays with .NET.</param>
    public static void Run(bool interruptible)
    {
        if (Interlocked.Exchange(ref done, 1) == 0)
        {
            CPython.Gate.Close();
            byte[] interrupt = interruptible ? NativeHost.GetSignalAction(NativeHost.SIGINT) : [];
            Call(interruptible ? "join_program_threads" : "join_threads");
            Call("finish");
            if (atEnd is not null)
            {
                int state = CPython.PyGILState_Ensure();
                atEnd();
                CPython.PyGILState_Release(state);
            }

            NativeHost.SetSignalAction(NativeHost.SIGINT, interrupt);

            // A copy of this assembly in a collectible load context can be unloaded now.
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        }
    }

    /// <summary>
    /// Does all of it on the calling thread and leaves the gate open, before another host ends its part of Python. What Python code
    /// registers from now on is done at the real end.
    /// </summary>
    public static void RunEarly()
    {
        Call("join_threads");
        Call("finish");
    }

    /// <summary>
    /// Disposes the isolates that are left; null while none was made. The end does not name their types otherwise: a forked child that has come back to managed code may have
    /// spoilt what the runtime keeps of types, so ending loads none.
    /// </summary>
    public static Action? DisposeIsolates { get; set; }

    /// <summary>Has each isolate that is left run its atexit functions and flush its streams within a limit; null while none was made.</summary>
    public static Action? FinishIsolates { get; set; }

    private static void OnProcessExit(object? sender, EventArgs e) => RunWithinLimits();

    private static void OnUnhandledException(object sender, UnhandledExceptionEventArgs e)
    {
        if (e.IsTerminating)
        {
            RunWithinLimits();
        }
    }

    /// <summary>Ends Python because the process ends; whatever Python does, this returns within seconds. Where a thread keeps the GIL all the time, that is told on stderr.</summary>
    /// <param name="hint">For that case, who may keep it and what to do.</param>
    public static void RunWithinLimits(string hint = "Call Environment.Exit outside of Hold and of native functions, or in a `using (python.AllowThreads())` block.")
    {
        if (Interlocked.Exchange(ref done, 1) != 0)
        {
            return;
        }

        CPython.Gate.CloseForExit();

        // An exception that nobody catches may end the process on a thread that holds the GIL: it lends it to the helpers.
        nint state = CPython.PyGILState_GetThisThreadState();
        bool holds = state != 0 && CPython.PyThreadState_GetUnchecked() == state;
        if (holds)
        {
            CPython.PyEval_SaveThread();
        }

        bool joined = CallWithin(JoinLimit, "join_threads", out _);
        FinishIsolates?.Invoke();
        bool finished = CallWithin(FinishLimit, "finish_process", out bool hadGil);
        if (!hadGil)
        {
            SayGilIsHeld(hint);
        }

        if (holds && joined && finished)
        {
            // Its finally clauses still run and release the GIL.
            CPython.PyEval_RestoreThread(state);
        }
    }

    /// <summary>Tells on stderr, once, that the end cannot be what it should be.</summary>
    public static void SayGilIsHeld(string hint)
    {
        if (Interlocked.Exchange(ref saidGilIsHeld, 1) == 0)
        {
            Console.Error.WriteLine(
                "PyEmbed: the process ends while a thread holds Python's GIL and does not let go of it, so atexit functions did not run, and what Python had not written yet is lost. " + hint);
        }
    }

    private static bool CallWithin(TimeSpan limit, string function, out bool hadGil)
    {
        bool entered = false;
        Thread helper = new(() => Call(function, ref entered)) { IsBackground = true, Name = "PyEmbed exit" };
        helper.Start();
        bool ended = helper.Join(limit);
        hadGil = Volatile.Read(ref entered);
        return ended;
    }

    private static void Call(string function)
    {
        bool entered = false;
        Call(function, ref entered);
    }

    // The gate is closed, so this goes past it.
    private static void Call(string function, ref bool entered)
    {
        int state = CPython.PyGILState_Ensure();
        Volatile.Write(ref entered, true);
        CallHost(host!, function);
        CPython.PyGILState_Release(state);
    }

    /// <summary>Calls a function of an interpreter's <c>pyembed._host</c>; an exception is told on its stderr. The caller holds the GIL.</summary>
    public static void CallHost(PythonObject host, string function)
    {
        nint name = Text.NewName(function);
        nint self = host.Handle;
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
