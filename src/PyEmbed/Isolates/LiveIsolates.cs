using System.Diagnostics;

namespace PyEmbed.Isolates;

/// <summary>The isolates of this process that have not been disposed. Python does not know of its end, so they are ended with it.</summary>
internal static class LiveIsolates
{
    private static readonly object ListLock = new();
    private static readonly List<PythonIsolate> All = [];
    private static int count;

    /// <summary>A number for the name of the next one.</summary>
    public static int NextNumber() => Interlocked.Increment(ref count);

    public static void Add(PythonIsolate isolate)
    {
        lock (ListLock)
        {
            All.Add(isolate);
            InterpreterExit.DisposeIsolates ??= () => Dispose(Current());
            InterpreterExit.FinishIsolates ??= FinishAll;
        }
    }

    public static void Remove(PythonIsolate isolate)
    {
        lock (ListLock)
        {
            All.Remove(isolate);
        }
    }

    /// <summary>Disposes some, all at the same time. The caller holds no GIL of theirs.</summary>
    public static void Dispose(IReadOnlyCollection<PythonIsolate> isolates)
    {
        foreach (PythonIsolate isolate in isolates)
        {
            isolate.BeginDispose();
        }

        foreach (PythonIsolate isolate in isolates)
        {
            isolate.Dispose();
        }
    }

    private static void FinishAll()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Thread helper in Current().ConvertAll(isolate => isolate.FinishBeside()))
        {
            TimeSpan left = InterpreterExit.FinishLimit - Stopwatch.GetElapsedTime(start);
            helper.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private static List<PythonIsolate> Current()
    {
        lock (ListLock)
        {
            return [.. All];
        }
    }
}
