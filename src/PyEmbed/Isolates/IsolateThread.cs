using System.Diagnostics;
using PyEmbed.Interop;
using PyEmbed.Native;

namespace PyEmbed.Isolates;

/// <summary>The thread that serves one isolate from its making to its end, and what waits to be done there.</summary>
internal sealed class IsolateThread
{
    // As under the main interpreter, which has the stack of the process's main thread: deep recursion must not end the process.
    private const int StackSize = 16 << 20;

    // What the threads that its code has started, and what runs, have to come to an end.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    // What comes after what runs: those threads, functions of atexit, finalizers.
    private static readonly TimeSpan RestLimit = 2 * EndLimit;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly object queueLock = new();
    private readonly Queue<IsolateWork> queue = new();
    private readonly InterpreterState interpreter;
    private readonly Thread thread;
    private readonly TaskCompletionSource<InterpreterSetup> ready = new();
    private SubInterpreter? python;
    private volatile IsolateWork? running;
    private IsolateWork? last; // What ran when it was closed.
    private long closed;
    private bool isClosed;
    private bool hasFinished;
    private volatile bool isAbandoned;

    /// <summary>Starts it, and returns when the interpreter is set up. The caller holds no GIL.</summary>
    /// <param name="interpreter">What managed code keeps of the interpreter.</param>
    /// <param name="ownGil">Whether it gets a GIL of its own, where CPython can do that.</param>
    /// <param name="setUp">Sets it up, with the GIL held.</param>
    public IsolateThread(InterpreterState interpreter, bool ownGil, Func<SubInterpreter, InterpreterSetup> setUp)
    {
        this.interpreter = interpreter;
        thread = new Thread(() => Serve(ownGil, setUp), StackSize) { IsBackground = true, Name = $"PyEmbed {interpreter.Name}" };
        thread.Start();
        _ = ready.Task.GetAwaiter().GetResult();
    }

    /// <summary>The interpreter.</summary>
    public SubInterpreter Python => python!;

    /// <summary>Whether it came to its end with code of it still running, so that its interpreter stays.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Whether it takes nothing more to do.</summary>
    public bool IsClosed
    {
        get
        {
            lock (queueLock)
            {
                return isClosed;
            }
        }
    }

    /// <summary>Adds something to do.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellation">Has it refused, or the code that it runs interrupted.</param>
    /// <exception cref="ObjectDisposedException">The isolate was disposed.</exception>
    public void Post(IsolateWork work, CancellationToken cancellation)
    {
        work.Registration = cancellation.UnsafeRegister(_ => Cancel(work), null);
        lock (queueLock)
        {
            if (!isClosed)
            {
                queue.Enqueue(work);
                Monitor.Pulse(queueLock);
                return;
            }
        }

        work.Registration.Dispose();
        throw new ObjectDisposedException(nameof(PythonIsolate), $"{interpreter.Name} was disposed.");
    }

    /// <summary>Begins its end: what waits is refused, what runs is interrupted. Does nothing when repeated.</summary>
    public void BeginClose()
    {
        lock (queueLock)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            closed = Stopwatch.GetTimestamp();
            last = running;
            foreach (IsolateWork refused in queue)
            {
                // Not Dispose, which would wait for an interrupter that waits for this lock.
                refused.Registration.Unregister();
                refused.Refuse(new ObjectDisposedException(nameof(PythonIsolate), $"{interpreter.Name} was disposed before this was done."));
            }

            queue.Clear();
            Monitor.Pulse(queueLock);
        }

        if (last is not null)
        {
            Interrupt(last);
        }
    }

    /// <summary>Ends it. Returns within a time limit that counts from <see cref="BeginClose"/>: when its interpreter has ended, or was left to code that does not end. The caller holds no GIL.</summary>
    public void Close()
    {
        BeginClose();
        if (last is not null && !JoinUntil(EndLimit))
        {
            lock (queueLock)
            {
                isAbandoned = running is not null;
            }
        }

        if (!isAbandoned)
        {
            if (JoinUntil(last is null ? RestLimit : EndLimit + RestLimit))
            {
                return;
            }

            lock (queueLock)
            {
                isAbandoned = !hasFinished;
            }
        }

        IsRetired = true;
        if (isAbandoned)
        {
            Python.Close();
            interpreter.End();
            last?.Refuse(new ObjectDisposedException(nameof(PythonIsolate), $"{interpreter.Name} was disposed while this ran, and it did not come to an end."));
        }
    }

    /// <summary>Does what the end of the process does of the interpreter's end: functions of atexit, flushing. Another thread does it, whatever this one does.</summary>
    /// <returns>The thread.</returns>
    public Thread FinishBeside() => Python.CallBeside(() => InterpreterExit.CallHost(ready.Task.Result.Host, "finish"));

    /// <summary>What the interpreter was given. The caller serves it.</summary>
    public InterpreterSetup Setup => ready.Task.Result;

    private void Serve(bool ownGil, Func<SubInterpreter, InterpreterSetup> setUp)
    {
        InterpreterSetup setup;
        try
        {
            python = SubInterpreter.Create(interpreter, ownGil);
            python.BeginWork();
            using (Gil.Acquire())
            {
                setup = setUp(python);
            }
        }
        catch (Exception e)
        {
            if (python is not null)
            {
                End(null);
            }

            ready.SetException(e);
            return;
        }

        python.EndWork();
        ready.SetResult(setup);
        while (Next() is { } work)
        {
            python.BeginWork();
            work.Run();
            Finish(work);
            python.EndWork();
        }

        if (isAbandoned)
        {
            return;
        }

        try
        {
            End(setup);
        }
        catch (ObjectDisposedException) when (IsRetired)
        {
            // Who has closed it did not wait any more, and no thread enters Python now.
            if (Gil.IsHeld)
            {
                Gil.Release();
            }
        }
    }

    private IsolateWork? Next()
    {
        lock (queueLock)
        {
            while (queue.Count == 0 && !isClosed)
            {
                Monitor.Wait(queueLock);
            }

            return isClosed ? null : running = queue.Dequeue();
        }
    }

    private void Finish(IsolateWork work)
    {
        work.Registration.Dispose();
        Thread? interrupter;
        lock (queueLock)
        {
            running = null;
            interrupter = work.Interrupter;
        }

        if (interrupter is not null)
        {
            // It may have come too late: what is done next must not be interrupted in its stead.
            interrupter.Join();
            Python.Interrupts.Settle();
        }
    }

    // What waits ends at once, whatever runs before it; its turn then does nothing.
    private void Cancel(IsolateWork work)
    {
        lock (queueLock)
        {
            if (running != work)
            {
                work.Cancel();
                return;
            }
        }

        Interrupt(work);
    }

    private void Interrupt(IsolateWork work)
    {
        lock (queueLock)
        {
            if (running == work && work.Interrupter is null)
            {
                work.Interrupter = Python.CallBeside(() => Python.Interrupts.Interrupt(() => running == work));
            }
        }
    }

    private void End(InterpreterSetup? setup)
    {
        Python.BeginWork();
        bool isAlone = WaitForThreads();
        _ = Gil.Take(); // No Release: the end gives it up, too.
        Python.Close();
        if (setup is not null)
        {
            if (!isAbandoned)
            {
                InterpreterExit.CallHost(setup.Host, "finish");
            }

            lock (queueLock)
            {
                hasFinished = !isAbandoned;
            }

            if (!hasFinished)
            {
                // Who has closed it does not wait any more, and has ended what managed code keeps of it.
                Python.Leave();
                Python.EndWork();
                return;
            }

            setup.Dispose();
        }

        // Functions of atexit may have started threads.
        isAlone &= Python.CountThreadsLeft() == 0;
        interpreter.End();
        if (isAlone)
        {
            using (new GilRelease())
            {
                Python.StopTicker();
            }

            interpreter.ReleaseOwn();
            Python.Interrupts.Release();
            Python.End();
            interpreter.Native.Free();
            interpreter.Kept.Clear();
        }
        else
        {
            NativeRegistry.Uninstall();
            Python.Leave();
            Python.EndWork();
            IsRetired = true;
        }
    }

    private bool JoinUntil(TimeSpan limit)
    {
        TimeSpan left = limit - Stopwatch.GetElapsedTime(closed);
        return thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    // Python joins its non-daemon threads at its end without a limit, and ends the process where another is left.
    private bool WaitForThreads()
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            using (Gil.Acquire())
            {
                if (Python.CountThreadsLeft() == 0)
                {
                    return true;
                }
            }

            Thread.Sleep(Glance);
        }
        while (Stopwatch.GetElapsedTime(start) < EndLimit);
        return false;
    }
}
