using PyEmbed.Workers;

namespace PyEmbed;

/// <summary>
/// Runs Python code in processes of its own, one for each request, which can be limited and killed. No CPython runs in this process for it, and no <see cref="PythonInterpreter"/> is needed.
/// </summary>
/// <remarks>
/// <para>A <c>python</c> program, never this program again, mounts the embedded trees and imports <see cref="PythonWorkerOptions.Preload"/> once; the process of each request is forked from it, some ahead of
/// their requests. So a request finds everything imported, and nothing of any other: it ends with its process. A crash loses one request. See docs/workers.md, also for what holds hostile code, and what does not.</para>
/// <para>All members may be used from any thread. Needs Linux or macOS: there is no <c>fork</c> elsewhere.</para>
/// </remarks>
/// <example><code>
/// await using var pool = await PythonWorkerPool.StartAsync();
/// PythonWorkerResult result = await pool.RunAsync(PythonWorkerRequest.Script("result = 6 * n", variables: new Dictionary&lt;string, object?&gt; { ["n"] = 7 }));
/// </code></example>
public sealed class PythonWorkerPool : IAsyncDisposable
{
    private readonly object gate = new();
    private readonly PythonWorkerOptions options;
    private readonly WorkerProgram program;
    private readonly SemaphoreSlim slots;
    private readonly CancellationTokenSource stopSource = new();
    private readonly CancellationToken stopping;
    private readonly CancellationTokenSource abortSource = new();
    private readonly CancellationToken aborted;
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<PythonWorkerErrorKind, long> failures = [];
    private Task<WorkerTemplate>? template;
    private Task? stop;
    private long succeeded;
    private long canceled;
    private int running;
    private int queued;
    private int starts;

    private PythonWorkerPool(PythonWorkerOptions options)
    {
        this.options = options;
        stopping = stopSource.Token;
        aborted = abortSource.Token;
        program = new WorkerProgram(options);
        slots = new SemaphoreSlim(options.Workers);
    }

    /// <summary>
    /// What holds the code of requests to its capabilities: <c>Landlock</c> (which files), <c>seccomp</c> (which system calls), <c>supervisor</c> (no processes, and so many threads), <c>audit hook</c>
    /// (clear errors, and what the kernel cannot tell apart); and <c>subreaper</c>, by which orphans of requests come to be killed. What the system has not got is missing.
    /// </summary>
    public IReadOnlyList<string> EnforcedBy { get; private set; } = [];

    /// <summary>What it has done so far, and does.</summary>
    public PythonWorkerStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                return new(succeeded, new Dictionary<PythonWorkerErrorKind, long>(failures), canceled, running, queued, starts);
            }
        }
    }

    /// <summary>Starts a pool and waits until it is ready for requests.</summary>
    /// <param name="options">How; null for the defaults: everything embedded, under <see cref="PythonPolicy.Restricted"/>.</param>
    /// <param name="cancellationToken">Ends the start at once, and its processes.</param>
    /// <exception cref="ArgumentException">Options are out of range, or contradict each other.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="PythonRuntimeNotFoundException">No usable CPython was found.</exception>
    /// <exception cref="PythonWorkerException">The process cannot be started, mount the trees or import what is to be preloaded.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no <c>fork</c>.</exception>
    public static async Task<PythonWorkerPool> StartAsync(PythonWorkerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PythonWorkerOptions();
        options.Check();
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("PythonWorkerPool needs fork, which Windows has not: use Linux (WSL, a container) or macOS.");
        }

        PythonWorkerPool pool = new(options);
        try
        {
            pool.EnforcedBy = (await pool.Template().WaitAsync(cancellationToken).ConfigureAwait(false)).EnforcedBy;
            return pool;
        }
        catch
        {
            await pool.abortSource.CancelAsync().ConfigureAwait(false);
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a request in a process of its own, as soon as one of <see cref="PythonWorkerOptions.Workers"/> is free.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Takes it out of the queue, or kills its process with all that it has started.</param>
    /// <returns>The result, once the process has ended.</returns>
    /// <exception cref="PythonWorkerException">The request failed; its kind tells how.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">An argument is no value that can be handed over; see <see cref="PythonWorkerRequest"/>.</exception>
    public async Task<PythonWorkerResult> RunAsync(PythonWorkerRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] body = request.Pack();
        if (OptionChecks.Time(request.Time) is { } problem)
        {
            throw new ArgumentException($"PythonWorkerRequest.Time {problem}", nameof(request));
        }

        try
        {
            await Enter(request, cancellationToken).ConfigureAwait(false);
            PythonWorkerResult result;
            try
            {
                result = await Serve(request, body, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }

            lock (gate)
            {
                succeeded++;
            }

            return result;
        }
        catch (PythonWorkerException e)
        {
            lock (gate)
            {
                failures[e.Kind] = failures.GetValueOrDefault(e.Kind) + 1;
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                canceled++;
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Refuses new requests and those that wait, lets those that run end, and ends all processes.</summary>
    /// <param name="cancellationToken">When what still runs, or starts, is killed.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task done;
        lock (gate)
        {
            done = stop ??= Stop();
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), abortSource);
        await done.ConfigureAwait(false);
    }

    /// <summary>The same as <see cref="StopAsync"/>: what runs may end, within its limits.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task Enter(PythonWorkerRequest request, CancellationToken cancellationToken)
    {
        bool isFree;
        lock (gate)
        {
            if (stop is not null)
            {
                throw Stopped(request);
            }

            // Who waits goes first: a slot that is free here was not yet given to the next in the queue.
            isFree = queued == 0 && slots.Wait(0, CancellationToken.None);
            if (isFree)
            {
                running++;
            }
            else if (queued >= options.QueueLimit)
            {
                throw new PythonWorkerException(PythonWorkerErrorKind.QueueFull, request.Name, $"The request '{request.Name}' was refused: {queued} others wait already. Try later, or raise PythonWorkerOptions.QueueLimit.");
            }
            else
            {
                queued++;
            }
        }

        if (isFree)
        {
            return;
        }

        bool hasSlot = false;
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            hasSlot = await slots.WaitAsync(options.QueueTime ?? Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(false);
            if (!hasSlot)
            {
                throw new PythonWorkerException(PythonWorkerErrorKind.QueueTime, request.Name,
                    $"The request '{request.Name}' was refused: it has waited {options.QueueTime!.Value.TotalSeconds:0.###} s for one of {options.Workers} workers. Try later, or raise PythonWorkerOptions.Workers or QueueTime.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Stopped(request);
        }
        finally
        {
            lock (gate)
            {
                queued--;
                hasSlot &= stop is null;
                running += hasSlot ? 1 : 0;
            }
        }

        if (!hasSlot)
        {
            throw Stopped(request);
        }
    }

    private void Leave()
    {
        slots.Release();
        lock (gate)
        {
            if (--running == 0 && stop is not null)
            {
                idle.TrySetResult();
            }
        }
    }

    private async Task<PythonWorkerResult> Serve(PythonWorkerRequest request, byte[] body, CancellationToken cancellationToken)
    {
        while (true)
        {
            WorkerTemplate running;
            try
            {
                running = await Template().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Stopped(request);
            }

            if (running.Run(request, body, options.Limits) is not { } run)
            {
                continue; // It died in between: there is another.
            }

            try
            {
                return await Await(running, run, request.Time ?? options.Limits.Time, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (run.Killed is { } why)
                {
                    options.Killed?.Invoke(why);
                }
            }
        }
    }

    private async Task<PythonWorkerResult> Await(WorkerTemplate running, WorkerRun run, TimeSpan time, CancellationToken cancellationToken)
    {
        WorkerOutcome outcome;
        using (new Timer(_ => running.Kill(run, PythonWorkerErrorKind.TimeLimit), null, time, Timeout.InfiniteTimeSpan))
        using (cancellationToken.UnsafeRegister(_ => running.Cancel(run), null))
        using (aborted.UnsafeRegister(_ => running.Kill(run, PythonWorkerErrorKind.PoolStopped), null)) // Called at once where that was before this run.
        {
            outcome = await run.Ended.ConfigureAwait(false);
        }

        return run.Result(outcome);
    }

    /// <summary>The process that workers are forked from: another, where the last has died or could not start.</summary>
    private Task<WorkerTemplate> Template()
    {
        lock (gate)
        {
            if (template is null || template.IsFaulted || (template.IsCompletedSuccessfully && template.Result.HasEnded))
            {
                starts++;
                template = Task.Run(() => WorkerTemplate.Start(program, options.StartTime, aborted));
            }

            return template;
        }
    }

    private async Task Stop()
    {
        await stopSource.CancelAsync().ConfigureAwait(false);
        Task<WorkerTemplate>? last;
        lock (gate)
        {
            if (running == 0)
            {
                idle.TrySetResult();
            }
        }

        await idle.Task.ConfigureAwait(false);
        await abortSource.CancelAsync().ConfigureAwait(false); // Nothing runs; what starts is of no use to anybody.
        lock (gate)
        {
            last = template;
        }

        if (last is not null)
        {
            await Task.WhenAny(last).ConfigureAwait(false);
            if (last.IsCompletedSuccessfully)
            {
                await last.Result.Stop().ConfigureAwait(false);
            }
        }

        stopSource.Dispose();
    }

    private static PythonWorkerException Stopped(PythonWorkerRequest request) =>
        new(PythonWorkerErrorKind.PoolStopped, request.Name, $"The request '{request.Name}' was refused: the pool was stopped.");
}
