namespace PyEmbed.AspNetCore;

/// <summary>A service that runs Python from the start of the host to its end.</summary>
internal interface IHostedPython
{
    /// <summary>Starts it; returns when it is ready.</summary>
    Task Start(CancellationToken cancellationToken);

    /// <summary>Ends it: what is new and what waits is refused, what runs may end. Does nothing where it was not started, or was stopped.</summary>
    /// <param name="cancellationToken">The end of the host's shutdown time.</param>
    Task Stop(CancellationToken cancellationToken);
}
