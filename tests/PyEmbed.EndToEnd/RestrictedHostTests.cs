namespace PyEmbed.EndToEnd;

/// <summary>The two set-ups of docs/modules.md, as the sample runs them.</summary>
[TestClass]
public class RestrictedHostTests
{
    [TestMethod]
    public void Restricted_imports_from_memory_and_from_csharp_what_is_allowed()
    {
        var lines = Run("restricted");
        Assert.AreEqual("Ada joins", lines[0]);
        Assert.AreEqual("import roblox, mygame.core: done", lines[1]);
        Assert.StartsWith("import os: os is denied (", lines[2]);
        Assert.StartsWith("open('/etc/hostname'): PermissionError: ", lines[3]);
        Assert.AreEqual("import mygame.nowhere: mygame.nowhere was looked for in memory:/mygame", lines[4]);
        CollectionAssert.AreEqual(
            new[] { "mygame: memory:/mygame/__init__.py", "mygame.core: memory:/mygame/core/__init__.py", "mygame.core.player: memory:/mygame/core/player.py", "roblox: builtin" }, lines[5..]);
    }

    [TestMethod]
    public void Desktop_imports_from_a_named_folder_and_from_csharp()
    {
        var lines = Run("desktop");
        Assert.AreEqual("sword, lamp", lines[0]);
        Assert.AreEqual("fs: builtin", lines[1]);
        Assert.EndsWith("scripts/inventory.py", lines[2]);
        Assert.StartsWith("inventory: fs:", lines[2]);
    }

    private static string[] Run(string configuration) =>
        Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/RestrictedHost", "-c", "Release", "--", configuration]).Succeeds().Output.TrimEnd('\n').Split('\n');
}
