using System.Buffers.Binary;

namespace PyEmbed.Workers;

/// <summary>
/// What a worker wrote to its answer pipe: log records, and last the value or the error. It is what foreign code has written, perhaps by itself: any of it may be anything.
/// </summary>
internal sealed class WorkerAnswer
{
    private const byte LogFrame = 1, ValueFrame = 2, ErrorFrame = 3;

    private WorkerAnswer(List<PythonWorkerLog> logs) => Logs = logs;

    /// <summary>What was logged.</summary>
    public List<PythonWorkerLog> Logs { get; }

    /// <summary>Whether it ends in an answer, and nothing comes after.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The value, where it is complete and has no error.</summary>
    public object? Value { get; private set; }

    /// <summary>Bytes of the value's message.</summary>
    public int Size { get; private set; }

    /// <summary>Bytes of the log records.</summary>
    public int LogSize { get; private set; }

    /// <summary>The error: its kind, type, message and traceback.</summary>
    public (string Kind, string Type, string Message, string Traceback)? Error { get; private set; }

    /// <summary>Why it is no answer; null where it is one, or ends before one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads what was written.</summary>
    /// <param name="written">All of it, as far as the pool has kept it.</param>
    /// <param name="largest">The most bytes that a value may have: a larger one is not read.</param>
    public static WorkerAnswer Read(ReadOnlyMemory<byte> written, int largest)
    {
        WorkerAnswer answer = new([]);
        try
        {
            answer.ReadFrames(written, largest);
        }
        catch (InvalidDataException e)
        {
            answer.Problem = e.Message;
            answer.IsComplete = false;
        }

        return answer;
    }

    private void ReadFrames(ReadOnlyMemory<byte> rest, int largest)
    {
        while (!rest.IsEmpty)
        {
            if (IsComplete)
            {
                throw new InvalidDataException("something follows its answer");
            }

            if (rest.Length < sizeof(uint))
            {
                return; // Cut off, as where the process was killed while it wrote.
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            if (length == 0 || length > int.MaxValue - sizeof(uint))
            {
                throw new InvalidDataException($"it has a frame of {length} bytes");
            }

            if (length > rest.Length - sizeof(uint))
            {
                return;
            }

            ReadFrame(rest.Span[sizeof(uint)], rest.Slice(sizeof(uint) + 1, (int)length - 1), largest);
            rest = rest[(sizeof(uint) + (int)length)..];
        }
    }

    private void ReadFrame(byte kind, ReadOnlyMemory<byte> payload, int largest)
    {
        switch (kind)
        {
            case LogFrame:
                LogSize += payload.Length;
                Logs.Add(Log(Dictionary(payload)));
                break;
            case ValueFrame:
                Size = payload.Length;
                Value = Size <= largest ? WorkerValueReader.Unpack(payload) : null;
                IsComplete = true;
                break;
            case ErrorFrame:
                Dictionary<string, object?> error = Dictionary(payload);
                Error = (Text(error, "kind"), Text(error, "type"), Text(error, "message"), Text(error, "traceback"));
                IsComplete = true;
                break;
            default:
                throw new InvalidDataException($"it has a frame of kind {kind}");
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

    private static Dictionary<string, object?> Dictionary(ReadOnlyMemory<byte> payload) =>
        WorkerValueReader.Unpack(payload) as Dictionary<string, object?> ?? throw new InvalidDataException("it has a frame that is no dictionary");

    private static object? Member(Dictionary<string, object?> from, string name) => from.TryGetValue(name, out object? value) ? value : null;

    private static string Text(Dictionary<string, object?> from, string name) => Member(from, name) as string ?? throw new InvalidDataException($"it has a frame whose {name} is no text");
}
