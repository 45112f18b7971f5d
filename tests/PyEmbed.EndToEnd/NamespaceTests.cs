namespace PyEmbed.EndToEnd;

/// <summary>Namespace packages and regular packages spread over several assemblies.</summary>
[TestClass]
public class NamespaceTests
{
    private const string Library = "<OutputType>Library</OutputType>";

    private static TestProject App(string folder, string items) => new TestProject("App", Path.Combine(folder, "app"))
        .WithProject(
            "<OutputType>Exe</OutputType><PyEmbedEntryPoint>main:run</PyEmbedEntryPoint>",
            """<PythonPackage Include="py/**" />""" + items);

    private static string NewFolder() => Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;

    [TestMethod]
    [DataRow("Debug")]
    [DataRow("Release")]
    public void The_sample_merges_two_assemblies(string configuration) => AssertMerged(
        Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/SharedNamespace", "-c", configuration]));

    [TestMethod]
    public void Two_libraries_referenced_as_packages_without_any_csharp_merge_also_in_a_single_file()
    {
        var folder = NewFolder();
        foreach (var number in new[] { 1, 2 })
        {
            new TestProject($"SharedNs.Pkg{number}", Path.Combine(folder, $"pkg{number}"))
                .WithProject(Library, """<PythonPackage Include="src/**" />""")
                .WithCopy($"samples/SharedNamespace/pkg{number}/src", "src")
                .Dotnet("pack", "--nologo", "-o", PackageFeed.Folder).Succeeds();
        }

        var app = App(folder, """
                <PackageReference Include="SharedNs.Pkg1" Version="1.0.0" />
                <PackageReference Include="SharedNs.Pkg2" Version="1.0.0" />
                """)
            .WithCopy("samples/SharedNamespace/py", "py");
        AssertMerged(app.Dotnet("run"));
        var published = app.Publish("-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true");
        AssertMerged(TestProject.RunPublished(published, "App"));
    }

    [TestMethod]
    public void A_library_that_only_references_such_a_library_passes_it_on()
    {
        var folder = NewFolder();
        new TestProject("Inner", Path.Combine(folder, "inner")).WithProject(Library).With("py/inner/__init__.py", "WORD = 'inner'\n");
        new TestProject("Middle", Path.Combine(folder, "middle"))
            .WithProject(Library, """<ProjectReference Include="../inner/Inner.csproj" />""").With("C.cs", "namespace Middle; public class C;");

        // The application itself neither references PyEmbed nor embeds anything; it only uses C# of the middle one.
        var app = new TestProject("Outer", Path.Combine(folder, "outer"))
            .With("Outer.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit></PropertyGroup>
                  <ItemGroup><ProjectReference Include="../middle/Middle.csproj" /></ItemGroup>
                </Project>
                """)
            .With("Program.cs", """
                using var python = PyEmbed.PythonInterpreter.Start();
                System.Console.WriteLine(python.Import("inner").GetAttribute("WORD").As<string>());
                """);
        app.Dotnet("run").Succeeds().Prints("inner");
    }

    [TestMethod]
    public void A_test_host_mounts_what_the_test_project_references()
    {
        var folder = NewFolder();
        new TestProject("Embedded", Path.Combine(folder, "lib")).WithProject(Library).With("py/embedded/__init__.py", "WORD = 'embedded'\n");
        var tests = new TestProject("Tests", Path.Combine(folder, "tests"))
            .WithProject("<OutputType>Exe</OutputType><IsTestProject>true</IsTestProject>", """
                <ProjectReference Include="../lib/Embedded.csproj" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
                <PackageReference Include="MSTest.TestAdapter" Version="4.4.0" />
                <PackageReference Include="MSTest.TestFramework" Version="4.4.0" />
                """)
            .With("Tests.cs", """
                using Microsoft.VisualStudio.TestTools.UnitTesting;
                [TestClass]
                public class Tests
                {
                    [TestMethod]
                    public void Imports()
                    {
                        using var python = PyEmbed.PythonInterpreter.Start();
                        Assert.AreEqual("embedded", python.Import("embedded").GetAttribute("WORD").As<string>());
                    }
                }
                """);
        tests.Dotnet("test", "--nologo").Succeeds().Says("Passed:     1");
    }

    [TestMethod]
    public void A_regular_package_in_two_distributions_is_an_error_that_names_both_unless_lowered()
    {
        var folder = NewFolder();
        foreach (var name in new[] { "First", "Second" })
        {
            new TestProject(name, Path.Combine(folder, name)).WithProject(Library)
                .With("py/twice/__init__.py", $"WHO = '{name}'\n");
        }

        var app = App(folder, """<ProjectReference Include="../First/First.csproj" /><ProjectReference Include="../Second/Second.csproj" />""")
            .With("py/main.py", "def run():\n    import twice\n    print(twice.WHO)\n");
        app.Build().Fails().Says("error PYE1011").Says("twice").Says("First").Says("Second");
        app.Build().Fails().Says("error PYE1011");
        app.Dotnet("run", "-p:NoWarn=PYE1011").Succeeds().Prints("First");
        app.With(".globalconfig", "is_global = true\ndotnet_diagnostic.PYE1011.severity = warning\n").Build("--no-incremental").Succeeds().Says("warning PYE1011");
    }

    private static void AssertMerged(ProcessResult result)
    {
        var lines = result.Succeeds().Output.TrimEnd('\n').Split('\n');
        Assert.HasCount(3, lines);
        Assert.AreEqual("Thing One", lines[0]);
        Assert.AreEqual("Thing Two", lines[1]);
        Assert.StartsWith("_NamespacePath(", lines[2]);
        Assert.HasCount(3, lines[2].Split("/shared_ns'"), lines[2]);
    }
}
