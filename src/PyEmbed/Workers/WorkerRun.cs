using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace PyEmbed.Workers;

/// <summary>
/// A request that a worker process runs. The template's reader fills it in, on one thread; <see cref="Stop"/> is for any thread.
/// </summary>
internal sealed class WorkerRun(ulong number, PythonWorkerRequest request, PythonWorkerLimits limits, TimeSpan time)
{
    private readonly object gate = new();
    private readonly TaskCompletionSource<WorkerOutcome> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly WorkerAnswer answer = new(limits);
    private readonly ArrayBufferWriter<byte> output = new(), errors = new();
    private PythonWorkerErrorKind? stopped;
    private PythonWorkerErrorKind? exceeded;
    private bool canceled;
    private TimeSpan duration;

    /// <summary>Its number, which frames name.</summary>
    public ulong Number => number;

    /// <summary>The process that runs it; 0 before the template has told.</summary>
    public int Process { get; set; }

    /// <summary>Ends when its process has ended: with how, a <see cref="PythonWorkerException"/> where it or its template was lost, or <see cref="OperationCanceledException"/>.</summary>
    public Task<WorkerOutcome> Ended => ended.Task;

    /// <summary>Why its process was killed, as metrics call it; null where it was not.</summary>
    public string? Killed
    {
        get
        {
            lock (gate)
            {
                return canceled ? "Canceled" : stopped?.ToString();
            }
        }
    }

    /// <summary>Notes why it is to be killed. False where that, or another reason, was noted before.</summary>
    public bool Stop(PythonWorkerErrorKind why)
    {
        lock (gate)
        {
            if (stopped is not null || canceled)
            {
                return false;
            }

            stopped = why;
            return true;
        }
    }

    /// <summary>Notes that nobody wants the answer any more. False where it was to be killed before.</summary>
    public bool Cancel()
    {
        lock (gate)
        {
            return stopped is null && !canceled && (canceled = true);
        }
    }

    /// <summary>Takes what its process wrote to its answer pipe. False where that is too much, or no answer.</summary>
    public bool AddAnswer(ReadOnlySpan<byte> part) => exceeded is not null || answer.Add(part) is not { } why || !Exceed(why);

    /// <summary>Takes what it wrote to standard output or standard error. False where that is too much.</summary>
    public bool AddOutput(ReadOnlySpan<byte> part, bool isError)
    {
        int fits = Math.Min(part.Length, limits.Output - output.WrittenCount - errors.WrittenCount);
        (isError ? errors : output).Write(part[..fits]);
        return fits == part.Length || !Exceed(PythonWorkerErrorKind.OutputLimit);
    }

    /// <summary>Takes how its process ended, after everything else.</summary>
    public void End(WorkerOutcome outcome)
    {
        duration = Stopwatch.GetElapsedTime(started);
        if (outcome.IsCpuLimit(limits.CpuSeconds))
        {
            Stop(PythonWorkerErrorKind.CpuLimit); // The system has killed it.
        }

        if (IsCanceled)
        {
            ended.TrySetCanceled();
        }
        else
        {
            ended.TrySetResult(outcome);
        }
    }

    /// <summary>Ends it without its process: that, or its template, is lost.</summary>
    public void Fail(PythonWorkerErrorKind kind, string why)
    {
        if (IsCanceled)
        {
            ended.TrySetCanceled();
        }
        else
        {
            ended.TrySetException(new PythonWorkerException(kind, request.Name, $"The request '{request.Name}' failed: {why}.") { Output = Text(output), Error = Text(errors) });
        }
    }

    /// <summary>Reads what came of it, once it has ended. What a hostile answer takes of time is the caller's, not that of other requests.</summary>
    /// <exception cref="PythonWorkerException">It failed.</exception>
    public PythonWorkerResult Result(WorkerOutcome outcome)
    {
        answer.Read();
        return Failure(outcome, answer) is { } failure ? throw failure
            : new PythonWorkerResult(answer.Value, Text(output), Text(errors), answer.Logs, duration, outcome.CpuTime, outcome.PeakMemory);
    }

    private bool IsCanceled
    {
        get
        {
            lock (gate)
            {
                return canceled;
            }
        }
    }

    /// <summary>Notes that it is not worth going on. True where it is to be killed for that.</summary>
    private bool Exceed(PythonWorkerErrorKind why)
    {
        bool isFirst = exceeded is null;
        exceeded ??= why;
        return isFirst && Stop(why);
    }

    private PythonWorkerException? Failure(WorkerOutcome outcome, WorkerAnswer said)
    {
        bool isAnswered = outcome.IsGood && said.IsComplete;
        PythonWorkerErrorKind? kind = exceeded is not null ? exceeded // Even where it has ended well before it could be killed: what it wrote is not all there.
            : stopped is not null && !isAnswered ? stopped
            : said.Problem is not null ? PythonWorkerErrorKind.BadAnswer
            : !isAnswered ? PythonWorkerErrorKind.Crashed
            : said.Error is { } error ? KindOf(error.Kind)
            : said.IsTooLarge ? PythonWorkerErrorKind.ResultLimit
            : null;
        string? why = kind switch
        {
            null => null,
            PythonWorkerErrorKind.TimeLimit => $"it ran longer than its time limit of {time.TotalSeconds:0.###} s and was killed. Raise PythonWorkerLimits.Time, or the request's own, if it needs longer",
            PythonWorkerErrorKind.CpuLimit => $"it used more processor time than its limit of {limits.CpuSeconds} s and was ended. Raise PythonWorkerLimits.CpuTime if it needs more",
            PythonWorkerErrorKind.MemoryLimit => $"it needed more memory than its limit of {limits.Memory} bytes (MemoryError). Raise PythonWorkerLimits.Memory if it needs more",
            PythonWorkerErrorKind.OutputLimit => $"it wrote more than {limits.Output} bytes of output or log. Raise PythonWorkerLimits.Output if it has more to say",
            PythonWorkerErrorKind.ResultLimit when said.IsTooLarge =>
                $"its result takes more than {WorkerAnswer.MostExpansion} times {limits.Result} bytes as objects of .NET. Return fewer or larger parts, or raise PythonWorkerLimits.Result",
            PythonWorkerErrorKind.ResultLimit => $"its result is larger than {limits.Result} bytes. Return less, or raise PythonWorkerLimits.Result",
            PythonWorkerErrorKind.NoValue => $"its result cannot be handed over: it has {said.Error!.Value.Message}. Return None, bool, int, float, str, bytes, and lists and dicts of these",
            PythonWorkerErrorKind.BadAnswer => $"what its process wrote is no answer: {said.Problem}. Its code wrote to the connection itself",
            PythonWorkerErrorKind.PoolStopped => "the pool was stopped while it ran, and it was killed",
            PythonWorkerErrorKind.Crashed => $"its process ended without an answer: {outcome.Description}",
            _ => $"{said.Error!.Value.Type}: {said.Error!.Value.Message}",
        };
        return kind is null ? null : new PythonWorkerException(kind.Value, request.Name, $"The request '{request.Name}' failed: {why!.TrimEnd('.')}.")
        {
            PythonType = isAnswered ? said.Error?.Type : null,
            PythonMessage = isAnswered ? said.Error?.Message : null,
            PythonTraceback = isAnswered ? said.Error?.Traceback : null,
            Output = Text(output),
            Error = Text(errors),
            Logs = said.Logs,
        };
    }

    private static PythonWorkerErrorKind KindOf(string kind) => kind switch
    {
        "memory" => PythonWorkerErrorKind.MemoryLimit,
        "value" => PythonWorkerErrorKind.NoValue,
        _ => PythonWorkerErrorKind.Raised,
    };

    private static string Text(ArrayBufferWriter<byte> written) => Encoding.UTF8.GetString(written.WrittenSpan);
}
