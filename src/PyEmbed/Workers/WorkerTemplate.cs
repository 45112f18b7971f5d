using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace PyEmbed.Workers;

/// <summary>
/// A running process that workers are forked from, and the connection to it: docs/formats.md, section 8. One task reads, one writes; all that its workers say comes by that connection,
/// each with the number of its request, which the process adds and no worker can.
/// </summary>
internal sealed class WorkerTemplate
{
    private const byte RunFrame = 1, KillFrame = 2;
    private const byte ReadyFrame = 10, FailedFrame = 11, StartedFrame = 12, AnswerFrame = 13, OutputFrame = 14, ErrorFrame = 15, EndedFrame = 16, RefusedFrame = 17;
    private const int HeaderLength = sizeof(uint) + 1 + sizeof(ulong);
    private const int LongestFrame = 4 << 20;
    private const int LongestComplaint = 4096;

    /// <summary>How long a killed worker, or a stopped template, may take to end before the template is killed itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly object gate = new();
    private readonly Process process;
    private readonly Dictionary<ulong, WorkerRun> runs = [];
    private readonly Channel<byte[]> outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder complaints = new();
    private readonly Task complained;
    private readonly Task ended;
    private bool hasEnded;
    private ulong lastNumber;

    private WorkerTemplate(Process process, byte[] message)
    {
        this.process = process;
        outgoing.Writer.TryWrite(message);
        complained = ReadComplaints();
        ended = Task.WhenAll(Read(), Write(), complained);
    }

    /// <summary>What enforces the capabilities; set when it is ready.</summary>
    public IReadOnlyList<string> EnforcedBy { get; private set; } = [];

    /// <summary>Whether it takes no more requests.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate)
            {
                return hasEnded;
            }
        }
    }

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="limit">How long that may take.</param>
    /// <param name="cancellationToken">Kills it while it starts.</param>
    /// <exception cref="PythonWorkerException">It cannot be started, mount its trees or import what it is to preload, or takes too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<WorkerTemplate> Start(WorkerProgram program, TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ProcessStartInfo info = program.StartInfo;
        Process process = new() { StartInfo = info };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            process.Dispose();
            throw new PythonWorkerException(PythonWorkerErrorKind.StartFailed, null, $"The python program '{info.FileName}' cannot be run: {e.Message}", e);
        }

        WorkerTemplate template = new(process, program.Message());
        try
        {
            await template.ready.Task.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            return template;
        }
        catch (Exception e)
        {
            template.Abort();
            await template.ended.ConfigureAwait(false);
            _ = template.ready.Task.Exception; // Of no more interest to anybody.
            throw e is not TimeoutException ? e
                : new PythonWorkerException(PythonWorkerErrorKind.StartFailed, null, $"The worker process '{info.FileName}' was not ready within {limit.TotalSeconds:0.###} s: preload less, or raise PythonWorkerOptions.StartTime.{template.Complaint()}", e);
        }
    }

    /// <summary>Gives it a request.</summary>
    /// <returns>The run; null where it has ended meanwhile.</returns>
    public WorkerRun? Run(PythonWorkerRequest request, byte[] body, PythonWorkerLimits limits)
    {
        WorkerRun run;
        lock (gate)
        {
            if (hasEnded)
            {
                return null;
            }

            run = new WorkerRun(++lastNumber, request, limits, request.Time ?? limits.Time);
            runs.Add(run.Number, run);
        }

        Send(RunFrame, run.Number, body);
        return run;
    }

    /// <summary>Kills a run's process, for a reason.</summary>
    public void Kill(WorkerRun run, PythonWorkerErrorKind why)
    {
        if (run.Stop(why))
        {
            Kill(run);
        }
    }

    /// <summary>Kills a run's process, as nobody waits for it any more.</summary>
    public void Cancel(WorkerRun run)
    {
        if (run.Cancel())
        {
            Kill(run);
        }
    }

    /// <summary>Ends the process, and what still runs with it.</summary>
    public async Task Stop()
    {
        outgoing.Writer.TryComplete();
        if (await Task.WhenAny(ended, Task.Delay(Patience)).ConfigureAwait(false) != ended)
        {
            Abort();
        }

        await ended.ConfigureAwait(false);
    }

    /// <summary>Kills the process, and all that descends from it.</summary>
    private void Abort()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // Some have ended meanwhile, which is what was wanted.
        }
    }

    private void Kill(WorkerRun run)
    {
        Send(KillFrame, run.Number, []);
        _ = EndInTime(run);
    }

    private async Task EndInTime(WorkerRun run)
    {
        if (await Task.WhenAny(run.Ended, Task.Delay(Patience)).ConfigureAwait(false) != run.Ended)
        {
            Abort(); // It hangs, as a killed process does that waits for a device.
        }
    }

    private void Send(byte kind, ulong number, byte[] payload)
    {
        byte[] frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)(frame.Length - sizeof(uint)));
        frame[sizeof(uint)] = kind;
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(sizeof(uint) + 1), number);
        payload.CopyTo(frame, HeaderLength);
        outgoing.Writer.TryWrite(frame); // False at the end, which fails the runs.
    }

    private async Task Write()
    {
        Stream stream = process.StandardInput.BaseStream;
        try
        {
            await foreach (byte[] frame in outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await stream.WriteAsync(frame).ConfigureAwait(false);
                await stream.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The process is gone; the reader sees that, too, and says so.
        }

        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Nobody reads what was not written.
        }
    }

    private async Task ReadComplaints()
    {
        char[] buffer = new char[1024];
        int count;
        while ((count = await process.StandardError.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            lock (complaints)
            {
                complaints.Append(buffer, 0, count);
                complaints.Remove(0, Math.Max(0, complaints.Length - LongestComplaint));
            }
        }
    }

    private string Complaint()
    {
        lock (complaints)
        {
            string text = complaints.ToString().Trim();
            return text.Length == 0 ? "" : $" It said: {text}";
        }
    }

    private async Task Read()
    {
        string? why = null;
        bool isClosed = false;
        try
        {
            await ReadFrames().ConfigureAwait(false);
            isClosed = true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or KeyNotFoundException)
        {
            why = e.Message;
        }
        finally
        {
            if (!isClosed)
            {
                Abort();
            }

            await End(isClosed ? "it has closed the connection" : why ?? "what it says cannot be read").ConfigureAwait(false); // Whatever went wrong, nobody waits for ever.
        }
    }

    /// <summary>Waits until the process has ended, and fails what it ran.</summary>
    private async Task End(string why)
    {
        outgoing.Writer.TryComplete();
        await process.WaitForExitAsync().ConfigureAwait(false);
        await complained.ConfigureAwait(false);
        string text = $"the process that workers are forked from ended: {why}, exit code {process.ExitCode}.{Complaint()}";
        List<WorkerRun> left;
        lock (gate)
        {
            hasEnded = true;
            left = [.. runs.Values];
            runs.Clear();
        }

        foreach (WorkerRun run in left)
        {
            if (run.Process != 0)
            {
                NativeHost.KillGroup(run.Process); // Nobody has reaped it but the system's first process, within this moment at most.
            }

            run.Fail(PythonWorkerErrorKind.Crashed, text.TrimEnd('.'));
        }

        ready.TrySetException(new PythonWorkerException(PythonWorkerErrorKind.StartFailed, null, $"No worker could be started: {text}"));
    }

    private async Task ReadFrames()
    {
        Stream stream = process.StandardOutput.BaseStream;
        byte[] buffer = new byte[1 << 18];
        int filled = 0;
        while (true)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            filled += count;
            int at = 0;
            int needed = HeaderLength;
            while (filled - at >= HeaderLength)
            {
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at));
                if (length is < HeaderLength - sizeof(uint) or > LongestFrame)
                {
                    throw new InvalidDataException($"it sent a frame of {length} bytes");
                }

                needed = (int)length + sizeof(uint);
                if (filled - at < needed)
                {
                    break;
                }

                Take(buffer[at + sizeof(uint)], BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(at + sizeof(uint) + 1)), buffer.AsMemory(at + HeaderLength, needed - HeaderLength));
                at += needed;
            }

            Buffer.BlockCopy(buffer, at, buffer, 0, filled - at);
            filled -= at;
            if (needed > buffer.Length)
            {
                Array.Resize(ref buffer, needed);
            }
        }
    }

    private void Take(byte kind, ulong number, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case ReadyFrame:
                using (JsonDocument said = JsonDocument.Parse(payload))
                {
                    EnforcedBy = [.. said.RootElement.GetProperty("enforced_by").EnumerateArray().Select(name => name.GetString()!)];
                }

                ready.TrySetResult();
                return;
            case FailedFrame:
                using (JsonDocument said = JsonDocument.Parse(payload))
                {
                    JsonElement root = said.RootElement;
                    ready.TrySetException(new PythonWorkerException(
                        PythonWorkerErrorKind.StartFailed, null, $"No worker could be started: {root.GetProperty("type").GetString()}: {root.GetProperty("message").GetString()!.TrimEnd('.')}.")
                    {
                        PythonType = root.GetProperty("type").GetString(),
                        PythonMessage = root.GetProperty("message").GetString(),
                        PythonTraceback = root.GetProperty("traceback").GetString(),
                    });
                }

                return;
        }

        if (Find(number, remove: kind is EndedFrame or RefusedFrame) is not { } run)
        {
            throw new InvalidDataException($"it sent a frame of kind {kind} for the request {number}, which does not run");
        }

        bool isWithin = true;
        switch (kind)
        {
            case StartedFrame:
                run.Process = BinaryPrimitives.ReadInt32LittleEndian(payload.Span);
                break;
            case AnswerFrame:
                isWithin = run.AddAnswer(payload.Span);
                break;
            case OutputFrame or ErrorFrame:
                isWithin = run.AddOutput(payload.Span, kind == ErrorFrame);
                break;
            case EndedFrame:
                run.End(WorkerOutcome.Read(payload));
                break;
            case RefusedFrame:
                run.Fail(
                    PythonWorkerErrorKind.StartFailed,
                    $"the system refused a process for it: {Encoding.UTF8.GetString(payload.Span)}. Let it have more open files, processes and memory, or lower PythonWorkerOptions.Workers and Spares");
                break;
            default:
                throw new InvalidDataException($"it sent a frame of kind {kind}");
        }

        if (!isWithin)
        {
            Kill(run);
        }
    }

    private WorkerRun? Find(ulong number, bool remove)
    {
        lock (gate)
        {
            return remove ? runs.Remove(number, out WorkerRun? run) ? run : null : runs.GetValueOrDefault(number);
        }
    }
}
