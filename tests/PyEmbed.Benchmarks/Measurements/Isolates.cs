using System.Diagnostics;
using System.Globalization;

namespace PyEmbed.Benchmarks.Measurements;

/// <summary>Isolates side by side.</summary>
internal static class Isolates
{
    private const string Work = "def work():\n    total = 0\n    for i in range(3_000_000):\n        total += i % 7\nwork()";

    /// <summary>Pure-Python work in one isolate with a GIL of its own, and in two at once; prints the milliseconds of each round.</summary>
    /// <returns>0; 3 where this CPython has one GIL.</returns>
    public static async Task<int> Run(int rounds)
    {
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "" });
        var options = new PythonIsolateOptions { AutoMount = false, OwnGil = true };
        using PythonIsolate first = python.CreateIsolated(options), second = python.CreateIsolated(options);
        if (!first.HasOwnGil)
        {
            Console.Error.WriteLine("CPython has GILs of interpreters' own from 3.12 on");
            return 3;
        }

        static int Once(PythonIsolate isolate)
        {
            isolate.Execute(Work);
            return 0;
        }

        List<string> one = [], two = [];
        for (int i = 0; i <= rounds; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            Once(first);
            TimeSpan alone = Stopwatch.GetElapsedTime(begin);
            begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(first.RunAsync(Once), second.RunAsync(Once));
            TimeSpan together = Stopwatch.GetElapsedTime(begin);

            // The first round warms both.
            if (i > 0)
            {
                one.Add(alone.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
                two.Add(together.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
            }
        }

        Console.WriteLine($$"""{"one": [{{string.Join(", ", one)}}], "two": [{{string.Join(", ", two)}}]}""");
        return 0;
    }
}
