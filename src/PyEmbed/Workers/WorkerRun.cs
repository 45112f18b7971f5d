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
    private readonly TaskCompletionSource<PythonWorkerResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly ArrayBufferWriter<byte> answer = new(), output = new(), errors = new();
    private PythonWorkerErrorKind? stopped;
    private bool canceled;

    /// <summary>Its number, which frames name.</summary>
    public ulong Number => number;

    /// <summary>The process that runs it; 0 before the template has told.</summary>
    public int Process { get; set; }

    /// <summary>Ends when its process has ended: with the result, a <see cref="PythonWorkerException"/>, or <see cref="OperationCanceledException"/>.</summary>
    public Task<PythonWorkerResult> Completion => completion.Task;

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

    /// <summary>Takes what its process wrote to its answer pipe. False where that is too much.</summary>
    public bool AddAnswer(ReadOnlySpan<byte> part) => Add(answer, part, (long)limits.Result + limits.Output + (1 << 18)) || !Stop(PythonWorkerErrorKind.ResultLimit);

    /// <summary>Takes what it wrote to standard output or standard error. False where that is too much.</summary>
    public bool AddOutput(ReadOnlySpan<byte> part, bool isError) => Add(isError ? errors : output, part, limits.Output - (isError ? output : errors).WrittenCount) || !Stop(PythonWorkerErrorKind.OutputLimit);

    /// <summary>Takes how its process ended, after everything else.</summary>
    public void End(WorkerOutcome outcome)
    {
        WorkerAnswer said = WorkerAnswer.Read(answer.WrittenMemory, limits.Result);
        PythonWorkerException? failure;
        lock (gate)
        {
            if (canceled)
            {
                completion.TrySetCanceled();
                return;
            }

            failure = Failure(outcome, said);
        }

        if (failure is not null)
        {
            completion.TrySetException(failure);
            return;
        }

        completion.TrySetResult(new PythonWorkerResult(said.Value, Text(output), Text(errors), said.Logs, Stopwatch.GetElapsedTime(started), outcome.CpuTime, outcome.PeakMemory));
    }

    /// <summary>Ends it without its process: that, or its template, is lost.</summary>
    public void Fail(PythonWorkerErrorKind kind, string why)
    {
        lock (gate)
        {
            if (canceled)
            {
                completion.TrySetCanceled();
                return;
            }
        }

        completion.TrySetException(new PythonWorkerException(kind, request.Name, $"The request '{request.Name}' failed: {why}.") { Output = Text(output), Error = Text(errors) });
    }

    private PythonWorkerException? Failure(WorkerOutcome outcome, WorkerAnswer said)
    {
        bool isAnswered = outcome.IsGood && said.IsComplete;
        PythonWorkerErrorKind? kind = stopped is not null && !isAnswered ? stopped
            : outcome.IsCpuLimit(limits.CpuSeconds) ? PythonWorkerErrorKind.CpuLimit
            : said.Problem is not null ? PythonWorkerErrorKind.BadAnswer
            : !isAnswered ? PythonWorkerErrorKind.Crashed
            : said.LogSize > limits.Output ? PythonWorkerErrorKind.OutputLimit
            : said.Error is { } error ? KindOf(error.Kind)
            : said.Size > limits.Result ? PythonWorkerErrorKind.ResultLimit
            : null;
        string? why = kind switch
        {
            null => null,
            PythonWorkerErrorKind.TimeLimit => $"it ran longer than its time limit of {time.TotalSeconds:0.###} s and was killed. Raise PythonWorkerLimits.Time, or the request's own, if it needs longer",
            PythonWorkerErrorKind.CpuLimit => $"it used more processor time than its limit of {limits.CpuSeconds} s and was ended. Raise PythonWorkerLimits.CpuTime if it needs more",
            PythonWorkerErrorKind.MemoryLimit => $"it needed more memory than its limit of {limits.Memory} bytes (MemoryError). Raise PythonWorkerLimits.Memory if it needs more",
            PythonWorkerErrorKind.OutputLimit => $"it wrote more than {limits.Output} bytes of output or log, and was killed. Raise PythonWorkerLimits.Output if it has more to say",
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

    private static bool Add(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> part, long most)
    {
        int fits = (int)Math.Clamp(most - to.WrittenCount, 0, part.Length);
        to.Write(part[..fits]);
        return fits == part.Length;
    }

    private static string Text(ArrayBufferWriter<byte> written) => Encoding.UTF8.GetString(written.WrittenSpan);
}
