using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// Ends an interpreter that this process goes on without, or ends with. CPython is never finalised (<c>Py_FinalizeEx</c>): afterwards any
/// thread that comes back to it would crash. What users see of finalisation is done instead: Python's threads are joined, atexit's
/// functions run, the streams are flushed.
/// </summary>
internal static unsafe class InterpreterExit
{
    // What a program's exit may take: the process ends on time also if Python code does not.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static PythonObject? host;
    private static int done;

    /// <summary>From now on Python is ended with the process, however that ends.</summary>
    /// <param name="hostModule">The module <c>pyembed._host</c>.</param>
    public static void Register(PythonObject hostModule)
    {
        host = hostModule;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RunWithin(Limit);
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.IsTerminating)
            {
                RunWithin(Limit);
            }
        };
    }

    /// <summary>Ends Python on the calling thread; waits for Python's non-daemon threads as <c>python</c> does.</summary>
    public static void Run()
    {
        if (Interlocked.Exchange(ref done, 1) == 0)
        {
            CPython.Gate.Close();
            Shutdown(exitingThread: 0);
        }
    }

    private static void RunWithin(TimeSpan limit)
    {
        if (Interlocked.Exchange(ref done, 1) != 0)
        {
            return;
        }

        CPython.Gate.Close();

        // The process may be ended by a thread that runs Python code: from a callback, or by an exception that nobody catches. It does not
        // come back to it, so it gives the GIL away for good.
        nint state = CPython.PyGILState_GetThisThreadState();
        if (state != 0 && CPython.PyThreadState_GetUnchecked() == state)
        {
            CPython.PyEval_SaveThread();
        }

        nuint exiting = state == 0 ? 0 : CPython.PyThread_get_thread_ident();
        Thread helper = new(() => Shutdown(exiting)) { IsBackground = true, Name = "PyEmbed exit" };
        helper.Start();
        helper.Join(limit);
    }

    // The gate is closed, so this goes past it.
    private static void Shutdown(nuint exitingThread)
    {
        int state = CPython.PyGILState_Ensure();
        nint name = Text.NewName("shutdown");
        nint thread = CPython.PyLong_FromUnsignedLongLong(exitingThread);
        nint* arguments = stackalloc nint[] { host!.Handle, thread };
        nint result = CPython.PyObject_VectorcallMethod(name, arguments, 2, 0);
        if (result == 0)
        {
            CPython.PyErr_WriteUnraisable(name);
        }
        else
        {
            CPython.Py_DecRef(result);
        }

        CPython.Py_DecRef(thread);
        CPython.Py_DecRef(name);
        CPython.PyGILState_Release(state);
    }
}
