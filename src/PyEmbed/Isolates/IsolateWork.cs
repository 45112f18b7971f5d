namespace PyEmbed.Isolates;

/// <summary>Something to do on the thread of an isolate.</summary>
internal abstract class IsolateWork
{
    /// <summary>Does it. What it throws goes to who waits for it.</summary>
    public abstract void Run();

    /// <summary>Refuses it, before it has run.</summary>
    public abstract void Refuse(Exception reason);

    /// <summary>Ends it as cancelled by its token, before it has run. Does nothing where it has ended.</summary>
    public abstract void Cancel();

    /// <summary>What interrupts it when its token is cancelled.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Who interrupts it, or null. Guarded by the isolate's lock.</summary>
    public Thread? Interrupter { get; set; }
}

/// <inheritdoc/>
internal sealed class IsolateWork<T>(Func<T> function, CancellationToken cancellation) : IsolateWork
{
    private readonly TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its result.</summary>
    public Task<T> Task => result.Task;

    public override void Run()
    {
        if (cancellation.IsCancellationRequested)
        {
            Cancel();
            return;
        }

        try
        {
            result.TrySetResult(function());
        }
        catch (PythonException e) when (cancellation.IsCancellationRequested && e.PythonType == "KeyboardInterrupt")
        {
            Cancel();
        }
        catch (Exception e)
        {
            result.TrySetException(e);
        }
    }

    public override void Refuse(Exception reason) => result.TrySetException(reason);

    public override void Cancel() => result.TrySetCanceled(cancellation);
}
