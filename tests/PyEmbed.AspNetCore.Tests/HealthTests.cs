using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The health check.</summary>
[TestClass]
public sealed class HealthTests
{
    [TestMethod]
    public async Task Tells_whether_a_request_can_be_run()
    {
        await using var application = TestApplication.Build(new() { ["Workers"] = "1", ["QueueLimit"] = "1" });
        Assert.AreEqual(HealthStatus.Unhealthy, (await Check(application)).Status);

        await application.StartAsync();
        HealthReportEntry healthy = await Check(application);
        Assert.AreEqual((HealthStatus.Healthy, "A worker has run a request."), (healthy.Status, healthy.Description));
        Assert.AreEqual(1, healthy.Data["workers"]);
        Assert.AreEqual(1, healthy.Data["queueLimit"]);

        using CancellationTokenSource source = new();
        Task[] busy = [application.RunScript("import time; time.sleep(25)", cancellationToken: source.Token), application.RunScript("", cancellationToken: source.Token)];
        await application.Until(running: 1, queued: 1);
        HealthReportEntry full = await Check(application);
        Assert.AreEqual((HealthStatus.Degraded, "The queue is full: 1 requests wait, more are refused."), (full.Status, full.Description));
        await source.CancelAsync();
        await Task.WhenAll(busy).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.AreEqual(HealthStatus.Healthy, (await Check(application)).Status);

        await application.StopAsync();
        Assert.AreEqual(HealthStatus.Unhealthy, (await Check(application)).Status);
    }

    private static async Task<HealthReportEntry> Check(WebApplication host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["pyembed"];
}
