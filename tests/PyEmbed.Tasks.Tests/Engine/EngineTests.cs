namespace PyEmbed.Tasks.Tests.Engine;

/// <summary>The targets under the real engine.</summary>
[TestClass]
public sealed class EngineTests
{
    private const string Globs = """<ItemGroup><PythonPackage Include="py/**" /></ItemGroup>""";

    [TestMethod]
    public void A_build_embeds_and_a_second_one_does_nothing_and_changes_rebuild_and_clean_removes()
    {
        using var project = new EngineProject(Globs);
        project.Write("py/pkg/m.py", "x = 1\n");
        project.Write("py/pkg/Template.cs", "this is not C#");
        project.Build("-restore");
        CollectionAssert.AreEqual(new[] { "PyEmbed/App.zip" }, project.Resources());
        string assembly = project["bin/Debug/net10.0/App.dll"];
        DateTime built = File.GetLastWriteTimeUtc(assembly);

        StringAssert.Contains(project.Build("--no-restore", "-v:d"), "The Python archives are up to date: App.");
        Assert.AreEqual(built, File.GetLastWriteTimeUtc(assembly));

        byte[] before = File.ReadAllBytes(assembly);
        project.Write("py/pkg/m.py", "x = 2\n");
        project.Build("--no-restore");
        CollectionAssert.AreNotEqual(before, File.ReadAllBytes(assembly));

        before = File.ReadAllBytes(assembly);
        File.Delete(project["py/pkg/m.py"]);
        project.Build("--no-restore");
        CollectionAssert.AreNotEqual(before, File.ReadAllBytes(assembly));

        Assert.AreEqual(0, project.Dotnet("clean").ExitCode);
        Assert.IsFalse(Directory.Exists(project.Output));
    }

    [TestMethod]
    public void Folder_items_are_kept_out_of_the_sdks_items_too_and_odd_names_are_names()
    {
        using var project = new EngineProject(
            """<ItemGroup><PythonPackage Include="py thon" Distribution="one" /><PythonPackage Include="gr&#xF6;&#xDF;e 100%25" Distribution="two.de" /></ItemGroup>""", "Gr\u00f6\u00dfe App");
        project.Write("py thon/a/Broken.cs", "this is not C#");
        project.Write("py thon/a/Broken.resx", "this is no resource");
        project.Write("gr\u00f6\u00dfe 100%/m'@$.py", "x = 1\n");
        project.Write("gr\u00f6\u00dfe 100%/Broken.cs", "this is not C#");

        project.Build("-restore");

        CollectionAssert.AreEquivalent(new[] { "PyEmbed/one.zip", "PyEmbed/two.de.zip" }, project.Resources());
    }

    [TestMethod]
    public void Errors_have_file_line_and_code_and_come_again()
    {
        using var project = new EngineProject(Globs);
        string bad = project.Write("py/bad.py", "x = 1\ny = )\n");

        for (int i = 0; i < 2; i++)
        {
            (int exitCode, string output) = project.Dotnet("build");
            Assert.AreNotEqual(0, exitCode);
            StringAssert.Contains(output, $"{bad}(2,5): error PYE1001:");
        }

        File.Delete(bad);
        project.Write("py/good.py", "x = 1\n");
        project.Build("--no-restore");
    }

    [TestMethod]
    [DataRow("""<ItemGroup><PythonPackage Include="nope" /></ItemGroup>""", "error PYE1009:")]
    [DataRow("""<ItemGroup><PythonPackage Include="nope/**" /></ItemGroup>""", "error PYE1009:")]
    [DataRow("""<ItemGroup><PythonPackage Include="py/**" Root="other" /></ItemGroup>""", "error PYE1008:")]
    [DataRow("""<PropertyGroup><PyEmbedPython>3.99</PyEmbedPython></PropertyGroup><ItemGroup><PythonPackage Include="py/**" /></ItemGroup>""", "error PYE1014:")]
    [DataRow("""<ItemGroup><PythonPackage Include="py/**" Distribution="a b" /></ItemGroup>""", "error PYE1016:")]
    public void What_leaves_no_archive_to_be_made_fails_the_build(string body, string expected)
    {
        using var project = new EngineProject(body);
        project.Write("py/m.py", "");

        (int exitCode, string output) = project.Dotnet("build");

        Assert.AreNotEqual(0, exitCode);
        StringAssert.Contains(output, expected);
        Assert.IsFalse(File.Exists(Path.Combine(project.Output, "App.zip")));
    }

    [TestMethod]
    public void A_design_time_build_writes_the_names_only()
    {
        using var project = new EngineProject("<PropertyGroup><PyEmbedPython>3.99</PyEmbedPython></PropertyGroup>" + Globs);
        project.Write("py/pkg/m.py", "x = 1\n");

        (int exitCode, string output) = project.Dotnet("build", "-restore", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true");

        Assert.AreEqual(0, exitCode, output);
        CollectionAssert.AreEqual(new[] { Path.Combine(project.Output, "PyEmbed.manifest") }, Directory.GetFiles(project.Output));
        StringAssert.Contains(File.ReadAllText(Path.Combine(project.Output, "PyEmbed.manifest")), "module\tpkg.m\t");
    }

    [TestMethod]
    public void Two_frameworks_are_built_at_once_each_with_its_own_output()
    {
        using var project = new EngineProject(
            Globs, targetFramework: "<TargetFrameworks>net10.0;net8.0</TargetFrameworks>");
        project.Write("py/pkg/m.py", "x = 1\n");

        project.Build("-restore", "-m");

        CollectionAssert.AreEqual(new[] { "PyEmbed/App.zip" }, project.Resources());
        CollectionAssert.AreEqual(new[] { "PyEmbed/App.zip" }, project.Resources("bin/Debug/net8.0"));
    }
}
