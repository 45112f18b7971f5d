using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>How a host stops.</summary>
[TestClass]
public sealed class ShutdownTests
{
    [TestMethod]
    public async Task What_runs_may_end_and_what_waits_is_refused()
    {
        await using var application = await TestApplication.Start(new() { ["Workers"] = "1" });
        Task<PythonWorkerResult> running = application.RunScript("import time; time.sleep(1); result = 'done'"), waiting = application.RunScript("");
        await application.Until(running: 1, queued: 1);
        await application.StopAsync();
        Assert.AreEqual("done", (await running).Value);
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => waiting)).Kind);
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript(""))).Kind);
    }

    [TestMethod]
    public async Task What_still_runs_when_the_shutdown_time_is_over_is_killed()
    {
        await using var application = await TestApplication.Start([], builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1)));
        Task<PythonWorkerResult> running = application.RunScript("import time; time.sleep(25)");
        await application.Until(running: 1, queued: 0);
        await application.StopAsync();
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => running)).Kind);
    }

    [TestMethod]
    public async Task A_host_that_is_disposed_of_unstopped_leaves_nothing()
    {
        var application = await TestApplication.Start([]);
        Task<PythonWorkerResult> running = application.RunScript("import time; time.sleep(25)");
        await application.Until(running: 1, queued: 0);
        await application.DisposeAsync();
        Assert.AreEqual(PythonWorkerErrorKind.PoolStopped, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => running)).Kind);
    }
}
