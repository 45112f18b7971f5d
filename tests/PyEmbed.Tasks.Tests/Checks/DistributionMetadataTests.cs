using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Checks;

[TestClass]
public sealed class DistributionMetadataTests
{
    [TestMethod]
    [DataRow(">=3.10", "3.10")]
    [DataRow(">=3.10,<4", "3.10")]
    [DataRow("<4,>=3.6", "3.9")]
    [DataRow("~=3.12.1", "3.12")]
    [DataRow("!=3.11.*", "3.9")]
    [DataRow("<3.14", "3.9")]
    public void The_oldest_python_comes_from_the_lower_bound(string versions, string expected) =>
        Assert.AreEqual(expected, Read($"Requires-Python: {versions}").MinimumPython);

    [TestMethod]
    public void Requirements_of_extras_and_descriptions_do_not_count()
    {
        DistributionMetadata metadata = Read(
            "Name: x", "Requires-Dist: b>=1 ; python_version < \"3.11\"", "requires-dist: a", "Requires-Dist: c; extra == 'test'", "", "Requires-Dist: d");

        CollectionAssert.AreEqual(new[] { "a", "b>=1 ; python_version < \"3.11\"" }, metadata.Requirements.ToArray());
    }

    [TestMethod]
    public void Without_metadata_every_supported_python_will_do() =>
        Assert.AreEqual("3.9", DistributionMetadata.Read(Tree("pkg/x.dist-info/METADATA"), _ => ["Requires-Python: >=3.12"]).MinimumPython);

    private static DistributionMetadata Read(params string[] lines) => DistributionMetadata.Read(Tree("x-1.dist-info/METADATA"), _ => lines);

    private static PythonTree Tree(string path) => new("x", TreePlacement.Library, MaterializeMode.Auto, [new TreeFile(path, path, 0, 0, false)]);
}
