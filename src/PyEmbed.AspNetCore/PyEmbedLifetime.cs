using Microsoft.Extensions.Hosting;

namespace PyEmbed.AspNetCore;

/// <summary>Starts what runs Python with the host, before it listens, and stops it with the host.</summary>
/// <typeparam name="T">The service.</typeparam>
internal sealed class PyEmbedLifetime<T>(T python) : IHostedLifecycleService, IAsyncDisposable
    where T : IHostedPython
{
    private Task stopped = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => python.Start(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The server waits for its requests in StopAsync: those that wait for Python must hear of it before. The token is that of the shutdown time.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        stopped = python.Stop(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => stopped;

    /// <summary>For a host that fails to start, and is never stopped.</summary>
    public async ValueTask DisposeAsync() => await python.Stop(new CancellationToken(canceled: true)).ConfigureAwait(false);
}
