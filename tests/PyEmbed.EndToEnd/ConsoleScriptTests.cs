namespace PyEmbed.EndToEnd;

/// <summary>Console scripts of embedded distributions, and rules about what of them is embedded.</summary>
[TestClass]
public class ConsoleScriptTests
{
    [TestMethod]
    public void A_project_without_csharp_is_a_console_script_of_a_distribution_without_its_tests()
    {
        var app = new TestProject("App")
            .WithProject(
                "<OutputType>Exe</OutputType><PyEmbedEntryPoint>my-tool</PyEmbedEntryPoint>",
                """<PythonPackage Include="site" /><PythonModuleRule Include="mytool.tests" Action="recursive-exclude" />""")
            .With("site/mytool/__init__.py", "")
            .With("site/mytool/cli.py", """
                import sys
                def main():
                    '''Says what it was given.'''
                    try:
                        import mytool.tests
                    except ModuleNotFoundError as error:
                        print(error.name, *sys.argv[1:])
                    return 3
                """)
            .With("site/mytool/tests/__init__.py", "this is no Python\n")
            .With("site/mytool-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mytool\nVersion: 1.0\n")
            .With("site/mytool-1.0.dist-info/entry_points.txt", "[console_scripts]\nmy-tool = mytool.cli:main [fast]\nmy-tests = mytool.tests:main\n");
        app.Dotnet("run", "--", "a", "b c").Exits(3).Prints("mytool.tests a b c");
        app.With("Use.cs", "internal static class Use { public static int Tool(PyEmbed.PythonInterpreter python) => App.PythonEntryPoints.MyTool(python); }");
        app.Build("-warnaserror").Succeeds();
        app.With("Use.cs", "internal static class Use { public static int Tool(PyEmbed.PythonInterpreter python) => App.PythonEntryPoints.MyTests(python); }");
        app.Build().Fails().Says("CS0117");
    }

    [TestMethod]
    public void A_real_distributions_script_is_a_method()
    {
        string? metadata = Directory.Exists(SympyInstalledAttribute.SitePackages)
            ? Directory.GetDirectories(SympyInstalledAttribute.SitePackages, "Pygments-*.*-info").FirstOrDefault(folder => File.Exists(Path.Combine(folder, "entry_points.txt")))
            : null;
        if (metadata is null)
        {
            Assert.Inconclusive($"Pygments is not installed, with its entry points, in {SympyInstalledAttribute.SitePackages}.");
        }

        var app = new TestProject("Host")
            .WithProject(items: $"""
                <PythonPackage Include="{SympyInstalledAttribute.SitePackages}/pygments;{metadata}" Distribution="pygments" />
                <PythonEntryPoint Include="pygments.cmdline:main" Name="Highlight" />
                <PythonModuleRule Include="." Action="exclude-all" />
                <PythonModuleRule Include="pygments" Action="recursive-include" />
                <PythonModuleRule Include="pygments.sphinxext" Action="exclude" />
                """)
            .With("example.py", "x = 1\n")
            .With("Program.cs", """
                using var python = PyEmbed.PythonInterpreter.Start();
                return args.Length == 0 ? Host.PythonEntryPoints.Highlight(python, "-V") : Host.PythonEntryPoints.Pygmentize(python, args);
                """);
        Assert.StartsWith("Pygments version ", app.Dotnet("run").Succeeds().Output);
        app.Dotnet("run", "--no-build", "--", "-l", "python", "-f", "html", "example.py").Succeeds().Says("<span class=\"n\">x</span>");
        app.Dotnet("run", "--no-build", "--", "-l", "no such lexer", "example.py").Exits(1).Says("no lexer for alias 'no such lexer'");
    }
}
