using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Trees;

[TestClass]
public sealed class DistributionNameTests
{
    [TestMethod]
    [DataRow("App", "App")]
    [DataRow("My.App_2", "My.App_2")]
    [DataRow("My App (x64)", "My-App-x64")]
    [DataRow("Größe", "Gr-e")]
    [DataRow("äö", "app")]
    [DataRow("_App_", "App")]
    public void Comes_from_the_assemblys_name(string assembly, string expected)
    {
        Assert.AreEqual(expected, DistributionName.FromAssemblyName(assembly));
        Assert.IsTrue(DistributionName.IsValid(expected));
    }
}
