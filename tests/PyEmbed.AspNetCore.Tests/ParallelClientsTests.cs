using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>64 clients at once, with good scripts and hostile ones. Half a minute; ten with PYEMBED_TEST_ALL=1.</summary>
[TestClass]
public sealed class ParallelClientsTests
{
    private const int Clients = 64;
    private const int HostileClients = 16;
    private static readonly TimeSpan Time = Environment.GetEnvironmentVariable("PYEMBED_TEST_ALL") == "1" ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(30);

    // Scripts and what each may end in. Where a limit depends on what the system does first there are several.
    private static readonly (string Source, string Kinds)[] Hostile =
    [
        ("while True: pass", "CpuLimit TimeLimit"),
        ("7 ** 50000000", "CpuLimit TimeLimit"),
        ("import re; re.match('(a|a)*b', 'a' * 60)", "CpuLimit TimeLimit"),
        ("import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass", "TimeLimit"),
        ("x = []\nwhile True: x.append(b'x' * (1 << 20))", "MemoryLimit"),
        ("x = b'x' * (1 << 40)", "MemoryLimit"),
        ("import sys\nfor n in range(5): sys.modules['posix'].fork()\nwhile True: pass", "Raised CpuLimit TimeLimit"),
        ("def f(): f()\nf()", "Raised"),
        ("while True: print('x' * 1000)", "OutputLimit"),
        ("import sys\nwhile True: sys.stderr.write('x' * 1000)", "OutputLimit"),
        ("import logging\nwhile True: logging.warning('x' * 1000)", "OutputLimit ResultLimit"),
        ("import sys; sys.exit('bye')", "Raised"),
        ("import sys; sys.modules['posix']._exit(0)", "Crashed"),
        ("import sys; sys.modules['posix'].abort()", "Crashed"),
        ("import sys\nfor n in range(10):\n    try: sys.modules['posix'].close(n)\n    except OSError: pass", "Crashed"),
        ("import sys; sys.modules['posix'].write(3, b'\\x05\\0\\0\\0\\x09abcd')", "BadAnswer Raised"),
        ("import subprocess", "Raised"),
        ("open('/etc/passwd').read()", "Raised"),
        ("().__class__.__base__.__subclasses__()[0].__init__.__globals__", "Raised"),
        ("result = {1}", "NoValue"),
        ("result = 'x' * (2 << 20)", "ResultLimit"),
    ];

    [TestMethod]
    public async Task Every_good_script_is_answered_and_every_hostile_one_ends_in_one_error()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start(
            "--PyEmbed:Workers=16", "--PyEmbed:Limits:Time=00:00:20", "--PyEmbed:Limits:CpuTime=00:00:01", "--Logging:LogLevel:Python=Critical", "--Logging:LogLevel:PyEmbed=Warning");
        SystemProcesses processes = new(host.Id);
        Assert.AreEqual(200, (await host.Run("result = 1")).Status);

        ConcurrentQueue<string> wrong = [];
        int good = 0, hostile = -1;
        using CancellationTokenSource end = new(Time);
        List<Task> clients = [.. Enumerable.Range(0, Clients).Select(client => client < HostileClients ? BeHostile() : BeGood(client))];
        Task all = Task.WhenAll(clients);
        (int Descriptors, int Threads, long Memory)? early = null;
        Stopwatch watch = Stopwatch.StartNew();
        while (!all.IsCompleted)
        {
            processes.Look();
            if (early is null && watch.Elapsed > Time / 3)
            {
                early = Use(host.Id);
            }

            await Task.WhenAny(all, Task.Delay(200));
        }

        await all;
        Assert.IsEmpty(wrong, string.Join('\n', wrong.Take(10)));
        Assert.IsGreaterThan(Clients, good);
        Assert.IsGreaterThanOrEqualTo(HostileClients, hostile);
        await host.Until("\"running\":0", "\"queued\":0");

        (int descriptors, int threads, long memory) = Use(host.Id);
        Assert.IsLessThan(early!.Value.Descriptors + 50, descriptors, "descriptors of the host");
        Assert.IsLessThan(early.Value.Threads + 50, threads, "threads of the host");
        Assert.IsLessThan(early.Value.Memory + (200 << 20), memory, "memory of the host");

        Assert.AreEqual((0, ""), await host.Stop());
        await processes.AreGone();

        async Task BeGood(int client)
        {
            for (int n = client; !end.IsCancellationRequested; n++)
            {
                (int status, JsonElement answer) = await host.Post("run", new { source = "print(n)\nresult = n * n", variables = new { n } });
                if (status != 200 || answer.GetProperty("value").GetInt32() != n * n || answer.GetProperty("output").GetString() != $"{n}\n")
                {
                    wrong.Enqueue($"{n}: {status} {answer}");
                }

                Interlocked.Increment(ref good);
            }
        }

        async Task BeHostile()
        {
            while (!end.IsCancellationRequested)
            {
                (string source, string kinds) = Hostile[Interlocked.Increment(ref hostile) % Hostile.Length];
                (int status, JsonElement answer) = await host.Run(source);
                if (status != 422 || !kinds.Split(' ').Contains(answer.GetProperty("kind").GetString()))
                {
                    wrong.Enqueue($"{source}: {status} {answer}");
                }
            }
        }
    }

    private static (int Descriptors, int Threads, long Memory) Use(int process)
    {
        using Process host = Process.GetProcessById(process);
        return (Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, host.Threads.Count, host.WorkingSet64);
    }
}
