using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The sample as it is shipped, with 64 clients at once: half of them send good scripts, half hostile ones. One minute; ten with PYEMBED_TEST_ALL=1.</summary>
[TestClass]
public sealed class ParallelClientsTests
{
    private const int Clients = 64;
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(Environment.GetEnvironmentVariable("PYEMBED_TEST_ALL") == "1" ? 10 : 1);

    private readonly ConcurrentQueue<string> wrong = [];
    private readonly ConcurrentQueue<TimeSpan> good = [];
    private readonly ConcurrentQueue<TimeSpan> hostile = [];
    private int lastHostile = -1;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Every_good_script_is_answered_in_time_and_every_hostile_one_ends_in_one_error()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--Logging:LogLevel:Python=Critical", "--Logging:LogLevel:PyEmbed=Warning");
        SystemProcesses processes = new(host.Id);
        Assert.AreEqual(200, (await host.Run("result = 1")).Status);

        using CancellationTokenSource end = new(Time);
        Task clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => client % 2 == 0 ? BeGood(host, client, end.Token) : BeHostile(host, end.Token)));
        (int Descriptors, int Threads, long Memory)? early = null;
        Stopwatch watch = Stopwatch.StartNew();
        while (!clients.IsCompleted)
        {
            processes.Look();
            if (early is null && watch.Elapsed > Time / 3)
            {
                early = Use(host.Id);
            }

            await Task.WhenAny(clients, Task.Delay(500));
        }

        await clients;
        TimeSpan limit = TimeLimit();
        (int descriptors, int threads, long memory) = Use(host.Id);
        TestContext.WriteLine($"good: {Summary(good)}; hostile: {Summary(hostile)}; early {early}, late {(descriptors, threads, memory)}");
        Assert.IsEmpty(wrong, $"{wrong.Count}:\n{string.Join('\n', wrong.Take(10))}");
        Assert.IsGreaterThan(Clients, good.Count);
        Assert.IsGreaterThan(HostileScripts.All.Length, hostile.Count, "not all of them were tried");
        Assert.IsLessThan(limit, good.Max(), Summary(good));
        await host.Until("\"running\":0", "\"queued\":0");

        Assert.IsLessThan(early!.Value.Descriptors + 50, descriptors, "descriptors of the host");
        Assert.IsLessThan(early.Value.Threads + 50, threads, "threads of the host");
        Assert.IsLessThan(early.Value.Memory + (100 << 20), memory, "memory of the host");

        Assert.AreEqual((0, ""), await host.Stop());
        await processes.AreGone();
    }

    private async Task BeGood(ScriptHostProcess host, int client, CancellationToken end)
    {
        for (int n = client; !end.IsCancellationRequested; n++)
        {
            long start = Stopwatch.GetTimestamp();
            (int status, JsonElement answer) = await host.Post("run", new { source = "print(n)\nresult = n * n", variables = new { n } }, CancellationToken.None);
            good.Enqueue(Stopwatch.GetElapsedTime(start));
            if (status != 200 || answer.GetProperty("value").GetInt32() != n * n || answer.GetProperty("output").GetString() != $"{n}\n")
            {
                wrong.Enqueue($"{n}: {status} {answer}");
            }
        }
    }

    private async Task BeHostile(ScriptHostProcess host, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            (string source, string kinds) = HostileScripts.All[Interlocked.Increment(ref lastHostile) % HostileScripts.All.Length];
            long start = Stopwatch.GetTimestamp();
            (int status, JsonElement answer) = await host.Run(source);
            hostile.Enqueue(Stopwatch.GetElapsedTime(start));
            if (status != 422 || !kinds.Split(' ').Contains(answer.GetProperty("kind").GetString()))
            {
                wrong.Enqueue($"{source}: {status} {answer}");
            }
        }
    }

    private static string Summary(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => time.TotalMilliseconds).Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{sorted.Length}, p50 {sorted[sorted.Length / 2]:0} ms, p99 {sorted[sorted.Length * 99 / 100]:0} ms, max {sorted[^1]:0} ms");
    }

    /// <summary>The time limit that the sample is shipped with.</summary>
    private static TimeSpan TimeLimit()
    {
        using JsonDocument settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json")));
        return TimeSpan.Parse(settings.RootElement.GetProperty("PyEmbed").GetProperty("Limits").GetProperty("Time").GetString()!, CultureInfo.InvariantCulture);
    }

    private static (int Descriptors, int Threads, long Memory) Use(int process)
    {
        using Process host = Process.GetProcessById(process);
        return (Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, host.Threads.Count, host.WorkingSet64);
    }
}
