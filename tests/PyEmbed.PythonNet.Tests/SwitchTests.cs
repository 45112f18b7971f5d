using System.Reflection;
using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What is tested is what was asked for.</summary>
[TestClass]
public class SwitchTests
{
    [TestMethod]
    public void The_tests_run_on_the_version_of_pythonnet_that_the_build_names()
    {
        var asked = typeof(SwitchTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "PyEmbedPythonNet").Value;
        Assert.AreEqual(asked, typeof(PythonEngine).Assembly.GetName().Version?.ToString(3));
    }
}
