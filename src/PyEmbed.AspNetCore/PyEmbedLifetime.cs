using Microsoft.Extensions.Hosting;

namespace PyEmbed.AspNetCore;

/// <summary>
/// Starts the workers with the host, before it listens, and stops them with it: when the host begins to stop, what waits is refused and what runs may end; when its shutdown time is over,
/// what still runs is killed.
/// </summary>
internal sealed class PyEmbedLifetime(PythonWorkers workers) : IHostedLifecycleService, IAsyncDisposable
{
    private Task stopped = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => workers.Start(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The server waits for its requests in StopAsync: those that wait for a worker must hear of it before. The token is that of the shutdown time.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        stopped = workers.Stop(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => stopped;

    /// <summary>For a host that fails to start, and is never stopped.</summary>
    public async ValueTask DisposeAsync() => await workers.Stop(new CancellationToken(canceled: true)).ConfigureAwait(false);
}
