using System.Text.Json;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The sample's scripts in its own process, over HTTP.</summary>
[TestClass]
public sealed class TrustedScriptTests
{
    [TestMethod]
    public async Task Callers_at_the_same_time_are_answered_and_one_that_leaves_gives_its_isolate_back()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--PyEmbed:Workers=1", "--PyEmbed:Spares=0", "--PyEmbedInProcess:Isolates=2", "--shutdownTimeoutSeconds=6");
        Assert.AreEqual("""["pi"]""", await host.Client.GetStringAsync("trusted"));

        // Both isolates are taken for good, unless callers that leave give them back.
        using CancellationTokenSource leave = new();
        Task[] endless = [.. Enumerable.Range(0, 2).Select(seed => host.Post("trusted/pi", new { samples = 100_000_000_000L, seed }, leave.Token))];
        await Task.Delay(200);
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
        Assert.AreEqual((422, "ValueError"), (wrong, problem.GetProperty("error").GetProperty("type").GetString()));
        Assert.Contains("raise ValueError(f'samples is {samples!r}", problem.GetProperty("error").GetProperty("traceback").GetString()!);
        Assert.AreEqual(400, (await host.Post("trusted/pi", new { __builtins__ = 1 })).Status);
        Assert.AreEqual(404, (await host.Post("trusted/os", new { })).Status);
        Assert.AreEqual("Healthy", await host.Client.GetStringAsync("health"));

        // One that comes to its next bytecode at any time does not keep the host from its end.
        Task running = host.Post("trusted/pi", new { samples = 100_000_000_000L, seed = 1 });
        await Task.Delay(200);
        (int exitCode, string errors) = await host.Stop();
        Assert.AreEqual((0, ""), (exitCode, errors));
        await Task.WhenAny(running);
    }
}
