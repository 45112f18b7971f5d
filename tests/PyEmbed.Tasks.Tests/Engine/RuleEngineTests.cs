using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Tests.Engine;

/// <summary>Rules as the real engine passes them on.</summary>
[TestClass]
public sealed class RuleEngineTests
{
    [TestMethod]
    public void Rules_keep_the_order_of_the_evaluated_items_and_a_new_order_is_a_change()
    {
        using var project = new EngineProject("""
            <ItemGroup>
              <PythonPackage Include="py/**" />
              <PythonModuleRule Include="a; b.x" Action="recursive-exclude" />
              <PythonModuleRule Include="a.b" Action="recursive-include" />
              <PythonModuleRule Include="c" Action="drop" />
              <PythonModuleRule Update="c" Action="exclude" />
              <PythonModuleRule Include="d" Action="exclude" />
              <PythonModuleRule Remove="d" />
              <PythonModuleRule Include="e" Action="include" />
              <PythonModuleRule Include="a.b.c" Action="exclude" Condition="'$(Swapped)' != 'true'" />
              <PythonModuleRule Include="a.b" Action="recursive-include" Condition="'$(Swapped)' == 'true'" />
            </ItemGroup>
            """);
        project.Write("Directory.Build.props", """<Project><ItemGroup><PythonModuleRule Include="e" Action="exclude" /></ItemGroup></Project>""");
        foreach (string path in new[] { "a/__init__", "a/m", "a/b/__init__", "a/b/c", "a/b/d", "b/x/__init__", "b/x/m", "b/y", "c", "d", "e" })
        {
            project.Write($"py/{path}.py", "x = 1\n");
        }

        project.Build("-restore");
        Assert.AreEqual("a a.b a.b.d b b.y d e", Modules(project));
        StringAssert.Contains(project.Build("--no-restore", "-v:d"), "The Python archives are up to date: App.");

        project.Build("--no-restore", "-p:Swapped=true");
        Assert.AreEqual("a a.b a.b.c a.b.d b b.y d e", Modules(project));

        project.Build("--no-restore", "-p:PyEmbedTaskFactory=TaskHostFactory");
        Assert.AreEqual("a a.b a.b.d b b.y d e", Modules(project));
    }

    [TestMethod]
    public void A_rule_that_is_none_is_an_error_in_the_file_where_it_stands()
    {
        using var project = new EngineProject("""<ItemGroup><PythonPackage Include="py/**" /></ItemGroup>""");
        project.Write("py/a.py", "");
        string props = project.Write("Directory.Build.props", """<Project><ItemGroup><PythonModuleRule Include="a" Action="exclude-all" /></ItemGroup></Project>""");

        (int exitCode, string output) = project.Dotnet("build");

        Assert.AreNotEqual(0, exitCode);
        StringAssert.Contains(output, $"{props}(1,21): error PYE1020: The PythonModuleRule 'a' has the Action 'exclude-all', which is about all modules");
    }

    private static string Modules(EngineProject project) =>
        string.Join(' ', ManifestTextReader.Read(File.ReadAllText(Path.Combine(project.Output, "PyEmbed.manifest"))).Modules.Select(module => module.Name));
}
