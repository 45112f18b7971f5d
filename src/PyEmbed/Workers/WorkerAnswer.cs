using System.Buffers;
using System.Buffers.Binary;

namespace PyEmbed.Workers;

/// <summary>
/// What a worker writes to its answer pipe: log records, and last the value or the error. It is what foreign code has written, perhaps by itself: any of it may be anything. Frames are
/// measured as they come, by what they say of their length, so that no more is kept than the limits allow; what is in them is read at the end.
/// </summary>
internal sealed class WorkerAnswer(PythonWorkerLimits limits)
{
    /// <summary>How many times the bytes that it may have a value may take as objects, beyond <see cref="Small"/>.</summary>
    public const int MostExpansion = 8;

    private const int Small = 1024;

    private const byte LogFrame = 1, ValueFrame = 2, ErrorFrame = 3;

    /// <summary>Bytes of an error: <c>_worker_child.py</c> cuts its three texts off at 65,536 characters, each of six bytes at most.</summary>
    private const int LongestError = 3 * (6 << 16) + 1024;

    private readonly ArrayBufferWriter<byte> written = new();
    private readonly List<(byte Kind, int Start, int Length)> frames = [];
    private int next;
    private int end;
    private long logged;

    /// <summary>What was logged; after <see cref="Read"/>, as what follows.</summary>
    public List<PythonWorkerLog> Logs { get; } = [];

    /// <summary>Whether it ends in an answer.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The value, where it is complete and has no error.</summary>
    public object? Value { get; private set; }

    /// <summary>The error: its kind, type, message and traceback.</summary>
    public (string Kind, string Type, string Message, string Traceback)? Error { get; private set; }

    /// <summary>Why it is no answer; null where it is one, or ends before one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the value takes more memory, as objects, than it may.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Takes what was written.</summary>
    /// <returns>Null, or why its process is not worth going on: nothing more must be added then.</returns>
    public PythonWorkerErrorKind? Add(ReadOnlySpan<byte> part)
    {
        written.Write(part);
        while (true)
        {
            ReadOnlySpan<byte> rest = written.WrittenSpan[next..];
            if (end == 0)
            {
                if (rest.Length <= sizeof(uint))
                {
                    return null;
                }

                uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
                if (Refused(length, rest[sizeof(uint)]) is { } why)
                {
                    return why;
                }

                end = next + sizeof(uint) + (int)length;
            }

            if (written.WrittenCount < end)
            {
                return null;
            }

            frames.Add((rest[sizeof(uint)], next + sizeof(uint) + 1, end - next - sizeof(uint) - 1));
            IsComplete = rest[sizeof(uint)] != LogFrame;
            next = end;
            end = 0;
        }
    }

    /// <summary>Reads what was written.</summary>
    public void Read()
    {
        try
        {
            foreach ((byte kind, int start, int length) in frames)
            {
                ReadFrame(kind, written.WrittenMemory.Slice(start, length));
            }
        }
        catch (InvalidDataException e)
        {
            Problem = e.Message; // What is wrong with an earlier frame says more than what follows it.
        }

        IsComplete &= Problem is null;
    }

    /// <summary>Why a frame is not to be read, by its head.</summary>
    private PythonWorkerErrorKind? Refused(uint length, byte kind)
    {
        Problem = IsComplete ? "something follows its answer"
            : length == 0 ? "it has a frame of 0 bytes"
            : kind is not (LogFrame or ValueFrame or ErrorFrame) ? $"it has a frame of kind {kind}"
            : kind == ErrorFrame && length - 1 > LongestError ? $"it has an error of {length - 1} bytes"
            : null;
        logged += kind == LogFrame ? sizeof(uint) + (long)length : 0;
        return Problem is not null ? PythonWorkerErrorKind.BadAnswer
            : logged > limits.Output ? PythonWorkerErrorKind.OutputLimit
            : kind == ValueFrame && length - 1 > limits.Result ? PythonWorkerErrorKind.ResultLimit
            : null;
    }

    private void ReadFrame(byte kind, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case LogFrame:
                Logs.Add(Log(Dictionary(payload)));
                break;
            case ValueFrame:
                try
                {
                    Value = WorkerValueReader.Unpack(payload, (MostExpansion * (long)limits.Result) + Small);
                }
                catch (WorkerValueTooLargeException)
                {
                    IsTooLarge = true;
                }

                break;
            default:
                Dictionary<string, object?> error = Dictionary(payload);
                Error = (Text(error, "kind"), Text(error, "type"), Text(error, "message"), Text(error, "traceback"));
                break;
        }
    }

    private static PythonWorkerLog Log(Dictionary<string, object?> record)
    {
        double seconds = Member(record, "time") is double time ? time : throw new InvalidDataException("a log record has no time");
        if (Member(record, "level") is not long level || level is < int.MinValue or > int.MaxValue || seconds is not (> 0 and < 253402300799))
        {
            throw new InvalidDataException("a log record has no level, or no time that there is");
        }

        string? exception = Member(record, "exception") switch { null => null, string text => text, _ => throw new InvalidDataException("a log record has an exception that is no text") };
        return new PythonWorkerLog((int)level, Text(record, "logger"), Text(record, "message"), DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds), exception);
    }

    /// <summary>A few members, of text most. No worker of itself writes any that take more, only code that writes to the connection.</summary>
    private static Dictionary<string, object?> Dictionary(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return WorkerValueReader.Unpack(payload, (sizeof(char) * (long)payload.Length) + Small) as Dictionary<string, object?> ?? throw new InvalidDataException("it has a frame that is no dictionary");
        }
        catch (WorkerValueTooLargeException e)
        {
            throw new InvalidDataException("it has a frame with more than belongs there", e);
        }
    }

    private static object? Member(Dictionary<string, object?> from, string name) => from.TryGetValue(name, out object? value) ? value : null;

    private static string Text(Dictionary<string, object?> from, string name) => Member(from, name) as string ?? throw new InvalidDataException($"it has a frame whose {name} is no text");
}
