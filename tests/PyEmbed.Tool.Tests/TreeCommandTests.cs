using System.Text.Json;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class TreeCommandTests
{
    [TestMethod]
    public void Modules_have_their_kinds_and_data_follows() => InstalledTool.Run("tree", SampleFile.Assembly()).Succeeds().Prints(
        "package\tmypkg\t0\tmypkg/__init__.py\tmypkg",
        "extension\tmypkg._fast\t5\tmypkg/_fast.cpython-311-x86_64-linux-gnu.so\tmypkg",
        "module\tmypkg.core\t14\tmypkg/core.py\tmypkg",
        "namespace\tmypkg.ns\t-\t-\tmypkg",
        "module\tmypkg.ns.deep\t6\tmypkg/ns/deep.py\tmypkg",
        "package\tmypkg.sub\t10\tmypkg/sub/__init__.py\tmypkg",
        "module\tsingle\t16\tsingle.py\tmypkg",
        "data\tmypkg-1.0.dist-info/METADATA\t12\tmypkg-1.0.dist-info/METADATA\tmypkg",
        "data\tmypkg/sub/data/table.csv\t4\tmypkg/sub/data/table.csv\tmypkg");

    [TestMethod]
    [DataRow("mypkg.sub")]
    [DataRow("mypkg/sub/")]
    public void A_prefix_limits_it(string prefix) => InstalledTool.Run("tree", SampleFile.Assembly(), prefix).Succeeds().Prints(
        "package\tmypkg.sub\t10\tmypkg/sub/__init__.py\tmypkg", "data\tmypkg/sub/data/table.csv\t4\tmypkg/sub/data/table.csv\tmypkg");

    [TestMethod]
    public void A_depth_counts_levels_from_the_prefix()
    {
        string path = SampleFile.Assembly();

        InstalledTool.Run("tree", path, "--depth", "1").Succeeds().Prints("package\tmypkg\t0\tmypkg/__init__.py\tmypkg", "module\tsingle\t16\tsingle.py\tmypkg");
        Assert.DoesNotContain("mypkg.ns.deep", InstalledTool.Run("tree", path, "mypkg", "--depth", "1").Succeeds().Output);
        Assert.Contains("mypkg.ns\t", InstalledTool.Run("tree", path, "mypkg", "--depth", "1").Succeeds().Output);
        InstalledTool.Run("tree", path, "--depth", "0").Exits(2).Says("--depth takes a number from 1");
    }

    [TestMethod]
    public void A_prefix_that_nothing_has_is_an_answer() => InstalledTool.Run("tree", SampleFile.Assembly(), "mypkg.co").Exits(1).Says("no module and no folder 'mypkg.co'");

    [TestMethod]
    public void Json_has_the_items()
    {
        using JsonDocument document = JsonDocument.Parse(InstalledTool.Run("tree", SampleFile.Assembly(), "--json", "single").Succeeds().Output);

        JsonElement item = document.RootElement.GetProperty("trees")[0].GetProperty("items").EnumerateArray().Single();
        Assert.AreEqual("module", item.GetProperty("kind").GetString());
        Assert.AreEqual("single.py", item.GetProperty("path").GetString());
        Assert.AreEqual(16, item.GetProperty("size").GetInt32());
    }
}
