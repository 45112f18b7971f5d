using System.Runtime.InteropServices;

namespace PyEmbed.Tool;

/// <summary>While it lives, Ctrl-C, a request to end and a terminal that goes away do not end the process but cancel a token, so that what was begun can be undone.</summary>
internal sealed class Interruption : IDisposable
{
    private static int signalNumber = 2;

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;

    public Interruption()
    {
        signals = Array.ConvertAll(
            [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT], signal => PosixSignalRegistration.Create(signal, Cancel));

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            signalNumber = context.Signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGQUIT => 3, PosixSignal.SIGTERM => 15, _ => 2 };
            source.Cancel();
        }
    }

    /// <summary>128 and the number of the signal that came, of Ctrl-C before one has come.</summary>
    public static int ExitCode => 128 + signalNumber;

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
        {
            signal.Dispose();
        }

        source.Dispose();
    }
}
