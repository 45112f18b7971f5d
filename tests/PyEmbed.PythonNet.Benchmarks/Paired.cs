using System.Diagnostics;
using System.Globalization;

namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>Times two ways of doing the same thing in turn, so that what slows the machine for a while slows both.</summary>
internal static class Paired
{
    // Long beside the clock's resolution, short beside a scheduler's time slice.
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>Writes one line of JSON: nanoseconds a call, least and median, and the ratio of the least: what others run on the machine adds to all other samples, and more to what collects more garbage.</summary>
    /// <param name="direction">Who calls whom.</param>
    /// <param name="shape">What is called.</param>
    /// <param name="rounds">Pairs of samples.</param>
    public static void Measure(string direction, Shape shape, int rounds)
    {
        (Action<int> core, Action<int> pythonnet) = (shape.Core, shape.PythonNet);
        int count = Math.Min(Warm(core), Warm(pythonnet));
        double[] coreTimes = new double[rounds], pythonnetTimes = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            if (i % 2 == 0)
            {
                coreTimes[i] = Time(core, count);
                pythonnetTimes[i] = Time(pythonnet, count);
            }
            else
            {
                pythonnetTimes[i] = Time(pythonnet, count);
                coreTimes[i] = Time(core, count);
            }
        }

        Array.Sort(coreTimes);
        Array.Sort(pythonnetTimes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"direction": "{{direction}}", "shape": "{{shape.Name}}", "core": [{{coreTimes[0]:F1}}, {{coreTimes[rounds / 2]:F1}}], "pythonnet": [{{pythonnetTimes[0]:F1}}, {{pythonnetTimes[rounds / 2]:F1}}], "ratio": {{coreTimes[0] / pythonnetTimes[0]:F3}}}"""));
    }

    // Runs until the JIT has done its best, in small batches, as it exchanges code between two calls. Gives how many calls fill a sample.
    private static int Warm(Action<int> action)
    {
        int count = 50;
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < WarmUp)
        {
            action(count);
        }

        double each = Time(action, 200);
        return Math.Max(1, (int)(SampleTime.TotalNanoseconds / each));
    }

    private static double Time(Action<int> action, int count)
    {
        long begin = Stopwatch.GetTimestamp();
        action(count);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / count;
    }
}
