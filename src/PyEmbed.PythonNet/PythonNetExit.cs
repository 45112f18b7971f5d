using System.Runtime.Loader;
using PyEmbed.Interop;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>
/// Ends Python and pythonnet with the process, or before. pythonnet's own handler of the exit waits for the GIL without limit, collects garbage up to
/// forty times, and frees its state below threads that still use it. So the bridge comes first, has Python ended, and lets pythonnet begin its shutdown, in which it
/// gives up that handler and calls the shutdown handlers, and stops it there.
/// </summary>
internal static class PythonNetExit
{
    // How long a thread may keep the GIL that nobody else gets: what Python is given to end has passed before.
    private static readonly TimeSpan GilLimit = TimeSpan.FromSeconds(1);

    private const string Hint =
        "The thread of PythonEngine.Initialize() holds it until PythonEngine.BeginAllowThreads() or PythonEngine.Shutdown(); "
        + "Environment.Exit must be called outside of Py.GIL(), of PyEmbed's Hold and of its native functions.";

    private static bool registered;
    private static bool endsPython;
    private static volatile bool stopping;
    private static volatile bool stopped;

    /// <summary>From now on both end with the process. Once is enough. The caller holds the GIL.</summary>
    /// <param name="interpreter">PyEmbed.</param>
    /// <param name="endsPython">Whether Python ends with pythonnet: it does not where PyEmbed was started apart from the bridge.</param>
    public static void Register(PythonInterpreter interpreter, bool endsPython)
    {
        if (registered)
        {
            return;
        }

        registered = true;
        PythonNetExit.endsPython = endsPython;
        interpreter.EndPythonWithProcess();
        PythonEngine.AddShutdownHandler(OnShutdown);

        // Raised before ProcessExit, so before pythonnet's handler, whoever came first.
        AssemblyLoadContext.Default.Unloading += _ => OnExit();
    }

    /// <summary>Calls pythonnet's shutdown handlers and keeps it from ending anything later. Waits for the GIL.</summary>
    public static void StopPythonNet()
    {
        if (stopped || !PythonEngine.IsInitialized)
        {
            return;
        }

        stopping = true;
        try
        {
            PythonEngine.Shutdown();
        }
        catch (StoppedException)
        {
            // From OnShutdown.
        }

        stopped = true;
    }

    private static void OnExit()
    {
        InterpreterExit.RunWithinLimits(Hint);
        if (stopped || !PythonEngine.IsInitialized)
        {
            return;
        }

        using ManualResetEventSlim begun = new();
        int exitCode = Environment.ExitCode;
        Thread watch = new(() =>
        {
            if (!begun.Wait(GilLimit))
            {
                InterpreterExit.SayGilIsHeld(Hint);
                NativeHost.EndProcess(exitCode);
            }
        })
        { IsBackground = true, Name = "PyEmbed exit watch" };
        watch.Start();
        PythonEngine.AddShutdownHandler(begun.Set);
        StopPythonNet();
        watch.Join();
    }

    private static unsafe void OnShutdown()
    {
        if (stopping)
        {
            throw new StoppedException();
        }

        // The program shuts pythonnet down itself.
        if (endsPython)
        {
            InterpreterExit.RunEarly();
        }

        // Up to 3.11 pythonnet would release, at its end, a GIL that another thread has taken meanwhile. With one acquisition more it is this thread's until that release.
        _ = CPython.PyGILState_Ensure();
    }

    private sealed class StoppedException : Exception;
}
