namespace PyEmbed.EndToEnd;

/// <summary>How projects are set up: where items and references stand, where folders lie, what they are called.</summary>
[TestClass]
public class SetupTests
{
    private const string Exe = "<OutputType>Exe</OutputType><PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>";

    /// <summary>An executable whose project file says nothing of PyEmbed's package.</summary>
    private static string Bare(string sdk, string properties, string items) => $"""
        <Project Sdk="{sdk}">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit>{Exe}{properties}</PropertyGroup>
          <ItemGroup>{items}</ItemGroup>
        </Project>
        """;

    [TestMethod]
    public void Items_and_references_of_the_folder_above_odd_names_and_artifacts_output()
    {
        var above = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName(), "it's 100% (größe); $(x) @y")).FullName;
        var app = new TestProject("App", Path.Combine(above, "app"))
            .With("App.csproj", Bare("Microsoft.NET.Sdk", "", ""))
            .With("py/app.py", """
                import shared, version
                from importlib.resources import files
                def main():
                    print(shared.WORD, version.VERSION)
                    print(sorted(p.name for p in files("data").iterdir()))
                """)
            .With("py/data/not.cs", "not C#")
            .With("py/data/a;b%41 @(c) $(d) 'e' (f).json", "{}")
            .With("../shared/shared.py", "WORD = 'shared'\n")
            .With("../Directory.Packages.props", $"""
                <Project>
                  <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
                  <ItemGroup><PackageVersion Include="PyEmbed" Version="{PackageFeed.Version}" /></ItemGroup>
                </Project>
                """)
            .With("../Directory.Build.props", """
                <Project>
                  <PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="PyEmbed" />
                    <PythonPackage Include="../shared" Distribution="shared" />
                  </ItemGroup>
                </Project>
                """)
            .With("../Directory.Build.targets", """
                <Project>
                  <ItemGroup><PythonPackage Include="py/**" /></ItemGroup>
                  <Target Name="MakeVersion" BeforeTargets="PyEmbedCollect">
                    <WriteLinesToFile File="$(IntermediateOutputPath)py/version.py" Lines="VERSION = '$(Version)'" Overwrite="true" WriteOnlyWhenDifferent="true" />
                    <ItemGroup><PythonPackage Include="$(IntermediateOutputPath)py/version.py" /></ItemGroup>
                  </Target>
                </Project>
                """);

        app.Build("-c", "Odd (x64)").Succeeds();
        app.Dotnet("run", "--no-build", "-c", "Odd (x64)").Succeeds().Prints("shared 1.0.0", "[\"a;b%41 @(c) $(d) 'e' (f).json\", 'not.cs']");
        CollectionAssert.AreEquivalent(new[] { "app", "artifacts", "shared" }, Directory.GetDirectories(above).Select(Path.GetFileName).ToArray());
        Assert.IsFalse(Directory.Exists(Path.Combine(app.Folder, "obj")));
        app.Build("-c", "Odd (x64)", "-v:n").Succeeds().DoesNotSay("csc.dll");
    }

    [TestMethod]
    [DataRow("py/**")]
    [DataRow("py")]
    public void Links_files_from_elsewhere_and_long_paths(string include)
    {
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 60), 6));
        var app = new TestProject("App")
            .WithProject(Exe, $"""
                <PythonPackage Include="{include}" />
                <PythonPackage Include="../elsewhere/one.py" Link="py/pkg/linked.py" />
                <PythonPackage Include="../elsewhere/deep/**" Link="py/pkg/%(RecursiveDir)%(Filename)%(Extension)" />
                <PythonPackage Include="..\elsewhere\folder" Link="py\extra" Root="py" />
                """)
            .With("py/app.py", $"""
                import importlib
                def main():
                    for name in ("pkg.linked", "pkg.sub.two", "extra.three", "file_link", "folder_link.sub.two", "{deep.Replace('/', '.')}.long"):
                        print(importlib.import_module(name).V)
                """)
            .With("py/pkg/__init__.py", "")
            .With($"py/{deep}/long.py", "V = 6\n")
            .With("../elsewhere/one.py", "V = 1\n").With("../elsewhere/deep/sub/two.py", "V = 2\n").With("../elsewhere/folder/three.py", "V = 3\n").With("../elsewhere/four.py", "V = 4\n");
        var py = Path.Combine(app.Folder, "py");
        File.CreateSymbolicLink(Path.Combine(py, "file_link.py"), "../../elsewhere/four.py");
        Directory.CreateSymbolicLink(Path.Combine(py, "folder_link"), "../../elsewhere/deep");
        Directory.CreateSymbolicLink(Path.Combine(py, "pkg", "loop"), "..");
        File.CreateSymbolicLink(Path.Combine(py, ".#app.py"), "someone@machine.1:2");

        app.Dotnet("run").Succeeds().Prints("1", "2", "3", "4", "2", "6");
        app.With("../elsewhere/four.py", "V = 44\n").With("../elsewhere/one.py", "V = 11\n").Dotnet("run").Succeeds().Prints("11", "2", "3", "44", "2", "6");
        File.CreateSymbolicLink(Path.Combine(py, "gone.py"), "/nowhere/gone.py");
        app.Build().Fails().Says("gone.py").Says("error PYE10");
    }

    [TestMethod]
    public void A_web_project_publishes_and_compiles_nothing_of_a_tree()
    {
        var app = new TestProject("App")
            .With("App.csproj", Bare("Microsoft.NET.Sdk.Web", "", $"""<PackageReference Include="PyEmbed" Version="{PackageFeed.Version}" /><PythonPackage Include="py/**" /><PythonPackage Include="more" />"""))
            .With("py/app.py", "from importlib.resources import files\ndef main():\n    print(files('data').joinpath('a.json').read_text(), files('rest').joinpath('b.json').read_text())\n")
            .With("py/data/a.json", "1").With("py/data/x.cs", "not C#").With("py/data/v.cshtml", "@nonsense(").With("py/data/web.config", "<nonsense")
            .With("more/rest/b.json", "2").With("more/rest/y.cs", "not C#")
            .With("appsettings.json", "{}").With("wwwroot/page.html", "<p>");
        var published = app.Publish();
        var files = Directory.GetFiles(published, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(published, file)).ToList();
        CollectionAssert.IsSubsetOf(new[] { "App.dll", "appsettings.json", "wwwroot/page.html" }, files);
        Assert.IsEmpty(files.Where(file => file.EndsWith(".json", StringComparison.Ordinal) && !file.StartsWith("App.", StringComparison.Ordinal) && file != "appsettings.json"));
        Assert.IsEmpty(files.Where(file => file.StartsWith("py", StringComparison.Ordinal) || file.StartsWith("more", StringComparison.Ordinal)));
        TestProject.RunPublished(published, "App").Succeeds().Prints("1 2");
    }

    [TestMethod]
    public void Without_a_build_the_last_one_is_run_published_and_edited_files_wait_for_the_next()
    {
        var app = new TestProject("App").WithProject(Exe).With("py/app.py", "def main():\n    print('built')\n");
        app.Build("-c", "Release").Succeeds();
        app.With("py/app.py", "def main():\n    print('edited')\n").With("py/new.py", "def\n");
        app.Dotnet("run", "--no-build", "-c", "Release").Succeeds().Prints("built");
        TestProject.RunPublished(app.Publish("--no-build"), "App").Succeeds().Prints("built");

        // An edit while a build runs, after the trees were collected.
        app.With("py/new.py", "").With("Directory.Build.targets", """
            <Project>
              <Target Name="Edit" AfterTargets="PyEmbedCollect" Condition="'$(EditWhileBuilding)' == 'true'">
                <WriteLinesToFile File="py/app.py" Lines="def main(): print('late')" Overwrite="true" />
              </Target>
            </Project>
            """);
        app.Build("-p:EditWhileBuilding=true").Succeeds();
        app.Dotnet("run", "--no-build").Succeeds().Prints("edited");
        app.Dotnet("run").Succeeds().Prints("late");
    }

    [TestMethod]
    public void Projects_of_one_folder_and_of_one_solution_are_built_at_once()
    {
        var solution = new TestProject("Apps").With("Directory.Build.props", """
            <Project>
              <PropertyGroup><BaseIntermediateOutputPath>$(MSBuildThisFileDirectory)elsewhere/$(MSBuildProjectName)/</BaseIntermediateOutputPath></PropertyGroup>
              <PropertyGroup Condition="'$(MSBuildProjectName)' == 'Twin1' or '$(MSBuildProjectName)' == 'Twin2'">
                <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <IntermediateOutputPath>$(MSBuildThisFileDirectory)elsewhere/twins/</IntermediateOutputPath>
              </PropertyGroup>
              <ItemGroup><PythonPackage Include="$(MSBuildThisFileDirectory)../shared" /></ItemGroup>
            </Project>
            """);
        var names = new[] { "App1", "App2", "App3", "Twin1", "Twin2" };
        foreach (var name in names)
        {
            var folder = name.StartsWith("Twin", StringComparison.Ordinal) ? "twins" : name;
            new TestProject(name, Path.Combine(solution.Folder, folder))
                .WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>shared:main</PyEmbedEntryPoint>", $"""<PythonPackage Include="../own-{name}" />""")
                .With($"../own-{name}/own.py", $"WORD = '{name}'\n");
        }

        Directory.CreateDirectory(Path.Combine(solution.Folder, "..", "shared"));
        solution.With("../shared/shared.py", "import own\ndef main():\n    print(own.WORD)\n")
            .With("Apps.slnx", """
                <Solution>
                  <Project Path="App1/App1.csproj" />
                  <Project Path="App2/App2.csproj" />
                  <Project Path="App3/App3.csproj" />
                  <Project Path="twins/Twin1.csproj" />
                  <Project Path="twins/Twin2.csproj"><BuildDependency Project="twins/Twin1.csproj" /></Project>
                </Solution>
                """);
        solution.Build("-m:4").Succeeds();
        solution.Build("-m:4", "-v:n", "--no-restore").Succeeds().DoesNotSay("csc.dll");
        foreach (var name in names)
        {
            var assembly = Directory.GetFiles(solution.Folder, $"{name}.dll", SearchOption.AllDirectories).Single(file => file.Contains("/bin/", StringComparison.Ordinal));
            solution.Dotnet(assembly).Succeeds().Prints(name);
        }
    }
}
