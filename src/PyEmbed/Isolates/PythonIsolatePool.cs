using PyEmbed.Isolates;

namespace PyEmbed;

/// <summary>
/// A number of isolates that are used again and again. One that is free does what comes next, so work must not count on what other work has left behind, nor mind it: <c>sys.modules</c> and
/// the rest of an isolate stay as they are.
/// </summary>
public sealed class PythonIsolatePool : IDisposable
{
    private readonly object poolLock = new();
    private readonly Func<PythonIsolate> create;
    private readonly SemaphoreSlim free;
    private readonly CancellationTokenSource disposal = new();
    private readonly Stack<PythonIsolate> idle = new();
    private readonly List<PythonIsolate> all = [];
    private bool isDisposed;

    internal PythonIsolatePool(Func<PythonIsolate> create, int size)
    {
        this.create = create;
        Size = size;
        free = new SemaphoreSlim(size);
    }

    /// <summary>The most isolates at a time.</summary>
    public int Size { get; }

    /// <summary>Does something in an isolate that nobody else uses meanwhile; waits, without a thread, where all are in use.</summary>
    /// <typeparam name="T">A type of .NET values: a <see cref="PythonObject"/> could not be used outside.</typeparam>
    /// <param name="work">Runs on the isolate's thread, as for <see cref="PythonIsolate.RunAsync"/>. It gets the isolate.</param>
    /// <param name="cancellation">As for <see cref="PythonIsolate.RunAsync"/>; also ends the waiting for an isolate.</param>
    /// <returns>The result, or what <paramref name="work"/>, or the making of an isolate, has thrown.</returns>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public async Task<T> RunAsync<T>(Func<PythonIsolate, T> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        await WaitForTurn(cancellation).ConfigureAwait(false);
        try
        {
            PythonIsolate isolate = Take() ?? await Task.Run(Create, CancellationToken.None).ConfigureAwait(false);
            try
            {
                return await isolate.RunAsync(work, cancellation).ConfigureAwait(false);
            }
            finally
            {
                lock (poolLock)
                {
                    idle.Push(isolate);
                }
            }
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Disposes the isolates, see <see cref="PythonIsolate.Dispose"/>: what runs is interrupted, what waits is refused.</summary>
    /// <exception cref="InvalidOperationException">Code of one of its isolates calls; nothing is disposed.</exception>
    public void Dispose()
    {
        PythonIsolate[] isolates;
        lock (poolLock)
        {
            all.ForEach(isolate => isolate.CheckCaller());
            isDisposed = true;
            isolates = [.. all];
            all.Clear();
        }

        disposal.Cancel();
        LiveIsolates.Dispose(isolates);
    }

    private async Task WaitForTurn(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (free.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            return;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, disposal.Token);
        try
        {
            await free.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new ObjectDisposedException(nameof(PythonIsolatePool), "The pool was disposed before this was done.");
        }
    }

    private PythonIsolate? Take()
    {
        lock (poolLock)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            while (idle.TryPop(out PythonIsolate? isolate))
            {
                if (!isolate.IsDisposed)
                {
                    return isolate;
                }

                // Work has handed it to somebody who has disposed it.
                all.Remove(isolate);
            }

            return null;
        }
    }

    private PythonIsolate Create()
    {
        PythonIsolate created = create();
        lock (poolLock)
        {
            if (!isDisposed)
            {
                all.Add(created);
                return created;
            }
        }

        created.Dispose();
        throw new ObjectDisposedException(nameof(PythonIsolatePool));
    }
}
