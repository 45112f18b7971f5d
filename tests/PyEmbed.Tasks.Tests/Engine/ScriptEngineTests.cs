using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Tests.Engine;

/// <summary>Where the real engine has methods made of console scripts.</summary>
[TestClass]
public sealed class ScriptEngineTests
{
    [TestMethod]
    public void Only_frameworks_with_the_runtime_get_methods_for_console_scripts()
    {
        using var project = new EngineProject(
            """<ItemGroup><PythonPackage Include="site" /></ItemGroup>""",
            targetFramework: "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>");
        project.Write("site/tool.py", "def main():\n    'Runs.'\n");
        project.Write("site/tool-1.0.egg-info/entry_points.txt", "[console_scripts]\nrun-it = tool:main\ngone = gone:main\n");

        project.Build("-restore");

        BuildManifest manifest = Manifest(project, "net10.0");
        Assert.AreEqual(new ManifestEntryPoint("RunIt", "tool:main", "Runs.", "run-it"), Assert.ContainsSingle(manifest.EntryPoints));
        Assert.AreEqual("PYE1022", Assert.ContainsSingle(manifest.Diagnostics).Id);
        Assert.IsEmpty(Manifest(project, "netstandard2.0").EntryPoints);
        Assert.IsEmpty(Manifest(project, "netstandard2.0").Diagnostics);
    }

    private static BuildManifest Manifest(EngineProject project, string framework) =>
        ManifestTextReader.Read(File.ReadAllText(Path.Combine(project.Output.Replace("net10.0", framework), "PyEmbed.manifest")));
}
