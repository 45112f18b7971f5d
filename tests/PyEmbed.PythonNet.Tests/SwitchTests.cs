using System.Reflection;
using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What is tested is what was asked for.</summary>
[TestClass]
public class SwitchTests
{
    [TestMethod]
    public void The_tests_run_on_the_version_of_pythonnet_that_the_build_names() =>
        Assert.AreEqual(OfTheBuild("PyEmbedPythonNet"), typeof(PythonEngine).Assembly.GetName().Version?.ToString(3));

    [TestMethod]
    public void The_bridge_is_compiled_against_the_oldest_version_so_that_it_loads_with_each() =>
        Assert.AreEqual(
            OfTheBuild("PyEmbedPythonNetOldest"),
            typeof(PythonNetBridge).Assembly.GetReferencedAssemblies().Single(item => item.Name == "Python.Runtime").Version?.ToString(3));

    private static string? OfTheBuild(string key) =>
        typeof(SwitchTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value;
}
