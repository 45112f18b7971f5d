using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>Settings, and what is said of those that are wrong: before anything is started.</summary>
[TestClass]
public sealed class ConfigurationTests
{
    [TestMethod]
    [DataRow("Wrokers", "4", "PyEmbed:Wrokers ('4') is no setting of PyEmbed. Remove it, or use one of Allow, ")]
    [DataRow("Limits:Tiem", "00:00:01", "PyEmbed:Limits:Tiem ('00:00:01') is no setting of PyEmbed. Remove it, or use one of CpuTime, ")]
    [DataRow("Capabilities:Raed:0", "/tmp", "PyEmbed:Capabilities:Raed is no setting of PyEmbed. Remove it, or use one of Environment, ")]
    [DataRow("Capabilities:Processes", "perhaps", "'perhaps' at 'PyEmbed:Capabilities:Processes'")]
    [DataRow("Workers", "many", "'many' at 'PyEmbed:Workers'")]
    [DataRow("Workers", "0", "PyEmbed:Workers is 0: give 1 to 1000")]
    [DataRow("Spares", "-1", "PyEmbed:Spares is -1: give 0 to 1000")]
    [DataRow("QueueLimit", "-5", "PyEmbed:QueueLimit is -5: give 0 or more")]
    [DataRow("QueueTime", "-00:00:01", "PyEmbed:QueueTime is -00:00:01: give a time above zero")]
    [DataRow("SearchPaths:0", "/srv", "PythonOptions.SearchPaths names folders to import from, and the file system is off")]
    [DataRow("Capabilities:Network:0", "example.org", "PythonWorkerOptions.Capabilities names hosts")]
    [DataRow("Limits:Time", "5", "PyEmbed:Limits:Time is 5.00:00:00: give a time above zero and of a day at most, such as 00:00:05")]
    [DataRow("Limits:Time", "soon", "'soon' at 'PyEmbed:Limits:Time'")]
    [DataRow("Limits:CpuTime", "-00:00:01", "PyEmbed:Limits:CpuTime is -00:00:01")]
    [DataRow("Limits:Memory", "0", "PyEmbed:Limits:Memory is 0: give 1 or more")]
    [DataRow("Limits:OpenFiles", "3", "PyEmbed:Limits:OpenFiles is 3: give 16 or more")]
    [DataRow("StartTime", "00:00:00", "PyEmbed:StartTime is 00:00:00")]
    [DataRow("Policy", "Lenient", "PyEmbed:Policy is 'Lenient': give Restricted, Desktop, Trusted")]
    [DataRow("Deny:0", "my pkg", "PyEmbed:Deny: PythonPolicy.Deny cannot hold 'my pkg'")]
    [DataRow("Interpreter", "/no/such/python", "PyEmbed:Interpreter is '/no/such/python', where no file is")]
    public async Task Names_key_value_and_remedy(string key, string value, string message)
    {
        await using var application = TestApplication.Build(new() { [key] = value });
        OptionsValidationException error = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => application.StartAsync());
        Assert.Contains(message, error.Message);
    }

    [TestMethod]
    public async Task Names_all_that_is_wrong_at_once()
    {
        await using var application = TestApplication.Build(new() { ["Workers"] = "0", ["Limits:Output"] = "-1", ["Policy"] = "None" });
        OptionsValidationException error = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => application.StartAsync());
        Assert.HasCount(3, error.Failures);
    }

    [TestMethod]
    public async Task A_start_that_fails_ends_the_hosts()
    {
        await using var application = TestApplication.Build(new() { ["Preload:0"] = "there_is_none" });
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.StartAsync());
        Assert.AreEqual(PythonWorkerErrorKind.StartFailed, error.Kind);
        Assert.Contains("there_is_none", error.Message);
    }

    [TestMethod]
    public async Task Settings_hold_and_code_has_the_last_word()
    {
        await using var application = await TestApplication.Start(
            new() { ["Workers"] = "3", ["QueueTime"] = "00:01:00", ["Deny:0"] = "json", ["Limits:Output"] = "1000", ["Limits:Time"] = "00:00:20", ["Preload:0"] = "decimal" },
            builder => builder.Services.AddPyEmbed(options => options.Limits = options.Limits with { Result = 100 }));
        PyEmbedOptions options = application.Services.GetRequiredService<IOptions<PyEmbedOptions>>().Value;
        Assert.AreEqual((3, 1000, 100, TimeSpan.FromSeconds(20)), (options.Workers, options.Limits.Output, options.Limits.Result, options.Limits.Time));
        Assert.AreEqual(TimeSpan.FromMinutes(1), options.ToWorkerOptions(PythonPolicy.Restricted).QueueTime);

        Assert.IsTrue((bool)(await application.RunScript("import sys; result = 'decimal' in sys.modules")).Value!);
        await Fails(PythonWorkerErrorKind.Raised, "import json");
        await Fails(PythonWorkerErrorKind.OutputLimit, "while True: print('x' * 2000)");
        await Fails(PythonWorkerErrorKind.ResultLimit, "result = 'x' * 200");
        await application.StopAsync();

        async Task Fails(PythonWorkerErrorKind kind, string source) =>
            Assert.AreEqual(kind, (await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript(source))).Kind);
    }

    [TestMethod]
    public async Task Capabilities_are_bound()
    {
        await using var application = TestApplication.Build(new() { ["Capabilities:Read:0"] = "/srv/data", ["Capabilities:Network:0"] = "*:*", ["Capabilities:Environment"] = "true" });
        PythonCapabilities capabilities = application.Services.GetRequiredService<IOptions<PyEmbedOptions>>().Value.ToWorkerOptions(PythonPolicy.Restricted).Capabilities!;
        CollectionAssert.AreEqual(new[] { "/srv/data" }, capabilities.Read.ToArray());
        CollectionAssert.AreEqual(new[] { "*:*" }, capabilities.Network.ToArray());
        Assert.IsTrue(capabilities.Environment);
        Assert.IsFalse(capabilities.Processes);
        Assert.IsEmpty(PythonCapabilities.None.Read);
    }

    [TestMethod]
    public async Task Trees_are_mounted_by_code()
    {
        PythonTree tree = PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["bycode.py"] = "ANSWER = 42"u8.ToArray() }, "bycode");
        await using var application = await TestApplication.Start([], builder => builder.Services.AddPyEmbed(options => options.Mounts.Add(tree)));
        Assert.AreEqual(42L, (await application.RunScript("import bycode; result = bycode.ANSWER")).Value);
        await application.StopAsync();
    }

    [TestMethod]
    public async Task Requests_before_the_start_are_refused()
    {
        await using var application = TestApplication.Build([]);
        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => application.RunScript(""));
        Assert.Contains("they start with the host", error.Message);
    }
}
