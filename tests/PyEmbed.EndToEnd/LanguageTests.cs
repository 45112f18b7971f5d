namespace PyEmbed.EndToEnd;

/// <summary>Projects that are not C#, and C# that is compiled twice.</summary>
[TestClass]
public class LanguageTests
{
    private static TestProject Project(string name, string extension, string properties, string items) => new TestProject(name)
        .With($"{name}.{extension}", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit>{properties}</PropertyGroup>
              <ItemGroup><PackageReference Include="PyEmbed" Version="{PackageFeed.Version}" /><PythonPackage Include="py/**" />{items}</ItemGroup>
            </Project>
            """)
        .With("py/app.py", "import sys\ndef main():\n    print('main', sys.argv[1:])\n    return 3\n");

    [TestMethod]
    [DataRow("fsproj", "Program.fs", "<Compile Include=\"Program.fs\" />", """
        open PyEmbed
        [<EntryPoint>]
        let main args =
            use python = PythonInterpreter.Start()
            System.Console.WriteLine(python.Describe().Mounts.Count)
            python.RunEntryPoint("app:main", args)
        """)]
    [DataRow("vbproj", "Program.vb", "", """
        Imports PyEmbed
        Module Program
            Function Main(args As String()) As Integer
                Using python = PythonInterpreter.Start()
                    System.Console.WriteLine(python.Describe().Mounts.Count)
                    Return python.RunEntryPoint("app:main", args)
                End Using
            End Function
        End Module
        """)]
    public void Trees_diagnostics_and_the_main_of_fsharp_and_visual_basic(string extension, string file, string items, string program)
    {
        var app = Project("App", extension, "", items).With(file, program).With("py/json.py", "x = )\n");
        app.Build().Fails().Says("json.py(1,5): error PYE1001").Says("json.py : warning PYE1006");
        app.With("py/json.py", "").Build("-p:NoWarn=PYE1006").Succeeds().DoesNotSay("PYE1006");
        app.Dotnet("run", "--no-build", "--", "a b").Exits(3).Prints("2", "main ['a b']");

        // Without a line of its own.
        var generated = Project("App", extension, "<PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>", """<PythonEntryPoint Include="app:main" />""");
        generated.Build().Succeeds().Says("warning PYE1030");
        generated.Dotnet("run", "--no-build", "--", "c").Exits(3).Prints("main ['c']");
        generated.Build("-v:n").Succeeds().DoesNotSay("fsc.dll").DoesNotSay("vbc.dll");
    }

    [TestMethod]
    public void Wpfs_second_compilation_has_the_names_and_leaves_the_trees_alone()
    {
        // WPF's own targets and tasks, which an SDK has on any system; its reference assemblies it has not, so there is no markup.
        var app = new TestProject("Wpf").WithProject(
                """
                <UseWPF>true</UseWPF><EnableWindowsTargeting>true</EnableWindowsTargeting><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads><PyEmbedBytecode>none</PyEmbedBytecode>
                """,
                """<PythonPackage Include="py/**" /><FrameworkReference Include="Microsoft.NETCore.App" /><Using Remove="System.Windows" />""")
            .With("Directory.Build.targets", """
                <Project>
                  <Target Name="RequireSecondPass" AfterTargets="MarkupCompilePass1">
                    <PropertyGroup><_RequireMCPass2ForMainAssembly>true</_RequireMCPass2ForMainAssembly></PropertyGroup>
                  </Target>
                  <Target Name="KeepTemporary" AfterTargets="GenerateTemporaryTargetAssembly">
                    <Copy SourceFiles="$(_AssemblyForLocalTypeReference)" DestinationFiles="temporary.bin" />
                  </Target>
                </Project>
                """)
            .With("C.cs", "public static class C { public static string Name => Wpf.PythonModules.app.Name; }")
            .With("py/app.py", $"DATA = '{new string('x', 100_000)}'\n");
        app.With("Wpf.csproj", File.ReadAllText(Path.Combine(app.Folder, "Wpf.csproj")).Replace(">net10.0<", ">net10.0-windows<", StringComparison.Ordinal));
        app.Build().Succeeds();
        var temporary = File.ReadAllBytes(Path.Combine(app.Folder, "temporary.bin"));
        Assert.IsLessThan(100_000, temporary.Length);
        Assert.IsGreaterThan(100_000, new FileInfo(Path.Combine(app.Folder, "bin", "Debug", "net10.0-windows", "Wpf.dll")).Length);
        Assert.HasCount(1, Directory.GetFiles(Path.Combine(app.Folder, "obj"), "*.zip", SearchOption.AllDirectories));
        app.Build("-v:d").Succeeds().Says("The Python archives are up to date: Wpf.");
    }
}
