using System.Text.Json;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The sample's scripts in its own process, over HTTP.</summary>
[TestClass]
public sealed class TrustedScriptTests
{
    [TestMethod]
    public async Task Callers_at_the_same_time_are_answered_and_one_that_leaves_gives_its_isolate_back()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--PyEmbed:Workers=1", "--PyEmbed:Spares=0", "--PyEmbedInProcess:Isolates=2", "--Trusted:Time=00:02:00", "--shutdownTimeoutSeconds=6");
        Assert.AreEqual("""["pi","interest"]""", await host.Client.GetStringAsync("trusted"));

        // Both isolates are taken for good, unless callers that leave give them back.
        using CancellationTokenSource leave = new();
        Task[] endless = [.. Enumerable.Range(0, 2).Select(seed => host.Post("trusted/pi", new { samples = 100_000_000_000L, seed }, leave.Token))];
        await host.Logged("100000000000 samples", times: 2);
        await leave.CancelAsync();
        foreach (Task task in endless)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => task);
        }

        (int Status, JsonElement Answer)[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => host.Post("trusted/pi", new { samples = 1000, seed })));
        foreach ((int status, JsonElement answer) in answers)
        {
            Assert.AreEqual(200, status, answer.ToString());
            Assert.AreEqual(3.1, answer.GetProperty("value").GetDouble(), 0.3, answer.ToString());
            Assert.EndsWith(" of 1000 points\n", answer.GetProperty("output").GetString()!);
        }

        (int wrong, JsonElement problem) = await host.Post("trusted/pi", new { samples = "many", seed = 1 });
        JsonElement error = problem.GetProperty("error");
        Assert.AreEqual((422, "Raised", "ValueError", "samples is 'many': give a whole number above zero"), (wrong, Kind(problem), error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
        Assert.Contains("  File \"pi.py\", line 7, in <module>\n    raise ValueError(f'samples is {samples!r}", error.GetProperty("traceback").GetString()!);
        Assert.IsGreaterThan(0, problem.GetProperty("durationMs").GetDouble());
        (int overflown, JsonElement infinite) = await host.Post("trusted/interest", new { amount = 1e300, rate = 9, years = 10 });
        Assert.AreEqual((422, "NoValue"), (overflown, Kind(infinite)), infinite.ToString());
        Assert.AreEqual("[120,144]", (await host.Post("trusted/interest", new { amount = 100, rate = 0.2, years = 2 })).Answer.GetProperty("value").GetRawText());
        Assert.AreEqual(400, (await host.Post("trusted/pi", new { __builtins__ = 1 })).Status);
        Assert.AreEqual(404, (await host.Post("trusted/os", new { })).Status);
        Assert.AreEqual("Healthy", await host.Client.GetStringAsync("health"));

        // One that comes to its next bytecode at any time does not keep the host from its end.
        Task<(int Status, JsonElement Answer)> running = host.Post("trusted/pi", new { samples = 200_000_000_000L, seed = 1 });
        await host.Logged("200000000000 samples");
        (int exitCode, string errors) = await host.Stop();
        Assert.AreEqual((0, ""), (exitCode, errors));
        Assert.AreEqual((503, "PoolStopped"), ((await running).Status, Kind((await running).Answer)), (await running).Answer.ToString());
    }

    [TestMethod]
    public async Task One_that_runs_too_long_is_interrupted_and_more_than_may_wait_are_refused()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--PyEmbed:Workers=1", "--PyEmbed:Spares=0", "--PyEmbedInProcess:Isolates=1", "--Trusted:Time=00:00:05", "--Trusted:QueueLimit=1");
        Task<(int Status, JsonElement Answer)>[] calls = [.. Enumerable.Range(0, 3).Select(seed => host.Post("trusted/pi", new { samples = 100_000_000_000L, seed }))];
        (int Status, JsonElement Answer)[] answers = await Task.WhenAll(calls);
        CollectionAssert.AreEqual(
            new[] { "422 TimeLimit", "422 TimeLimit", "429 QueueFull" },
            answers.Select(answer => $"{answer.Status} {Kind(answer.Answer)}").Order(StringComparer.Ordinal).ToArray());
        Assert.AreEqual(200, (await host.Post("trusted/pi", new { samples = 10, seed = 1 })).Status);
    }

    private static string? Kind(JsonElement problem) => problem.GetProperty("kind").GetString();
}
