using PyEmbed.Tests;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Both sides started in each order, the samples' trees, and misuse, each in a process of its own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StartTests
{
    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    [DataRow("pythonnet-holding")]
    [DataRow("pyembed")]
    [DataRow("pyembed-then-initialize")]
    public void Whoever_starts_first_both_import_the_embedded_one(string order) =>
        AssertOutput("python True 2 Hello from utils processed\nmypkg\n", "start", order, ScenarioHost.Library);

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void The_sample_HelloPackage_works_under_pythonnet(string order) =>
        AssertOutput("Hello from utils processed\nHello from utils processed\n", "hello", order, ScenarioHost.Library);

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void The_sample_SharedNamespace_works_under_pythonnet(string order) =>
        AssertOutput("Thing One, Thing Two, 2\n", "shared", order, ScenarioHost.Library);

    [TestMethod]
    public void There_is_one_bridge_in_a_process()
    {
        TestHostProcess result = ScenarioHost.Run("twice", "bridge", ScenarioHost.Library);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual(2, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains("already", StringComparison.Ordinal)), result.ToString());
    }

    [TestMethod]
    public void Register_before_pythonnet_was_initialised_says_so()
    {
        TestHostProcess result = ScenarioHost.Run("not-initialized");
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.Contains(result.Output, "PythonEngine.Initialize()");
    }

    [TestMethod]
    public void After_a_shutdown_of_pythonnet_nothing_crosses_and_PyEmbed_goes_on()
    {
        TestHostProcess result = ScenarioHost.Run("after-shutdown", "bridge", ScenarioHost.Library);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(3, lines, result.ToString());
        StringAssert.Contains(lines[0], "shut down");
        StringAssert.Contains(lines[1], "shut down");
        Assert.AreEqual("Hello from utils processed", lines[2]);
    }

    [TestMethod]
    [DataRow("bridge")]
    [DataRow("pythonnet")]
    public void After_the_bridge_was_disposed_nothing_crosses(string order)
    {
        TestHostProcess result = ScenarioHost.Run("after-dispose", order, ScenarioHost.Library);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual("", result.Error);
    }

    [TestMethod]
    public void A_namespace_that_was_imported_before_stays_until_it_is_forgotten() =>
        AssertOutput("False\npython dotnet\n", "namespace-first", ScenarioHost.Library);

    [TestMethod]
    public void A_library_named_for_pythonnet_is_the_one_that_starts() =>
        AssertOutput(ScenarioHost.Library + "\n", "library", ScenarioHost.Library);

    private static void AssertOutput(string expected, params string[] arguments)
    {
        TestHostProcess result = ScenarioHost.Run(arguments);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual(expected, result.Output);
        Assert.AreEqual("", result.Error);
    }
}
