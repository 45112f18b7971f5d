using Microsoft.Extensions.Hosting;

namespace PyEmbed.AspNetCore;

/// <summary>Starts Python in this process with the host, before it listens, and stops its scripts with it.</summary>
internal sealed class InProcessLifetime(PythonScripts scripts) : IHostedLifecycleService, IAsyncDisposable
{
    private Task stopped = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => scripts.Start(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The server waits for its requests in StopAsync: those that wait for an isolate must hear of it before. The token is that of the shutdown time.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        stopped = scripts.Stop(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => stopped;

    /// <summary>For a host that fails to start, and is never stopped.</summary>
    public async ValueTask DisposeAsync() => await scripts.Stop(new CancellationToken(canceled: true)).ConfigureAwait(false);
}
