using System.Text.Json;

namespace PyEmbed.EndToEnd;

/// <summary>What a project can do with the build's diagnostics, where the compiler reports them and where the task does.</summary>
[TestClass]
public class DiagnosticsTests
{
    private const string Odd = "py/pkg/a (1,2), error CS1.py";

    /// <summary>A library, whose build makes no runtime configuration, and an application that references it.</summary>
    private static (TestProject Library, TestProject App) Projects()
    {
        var library = new TestProject("Library").WithProject("<OutputType>Library</OutputType>")
            .With("py/lib/__init__.py", "import missing_in_library\n");
        var app = WithSettings(new TestProject("App"), library, "")
            .With("py/app.py", """
                import os, lib.anything, pkg.here
                from pkg import here
                def main():
                    import missing_in_app
                    import silenced  # pyembed: ignore
                    try:
                        import optional
                    except ImportError:
                        pass
                """)
            .With("py/pkg/__init__.py", "")
            .With("py/pkg/here.py", "from . import nowhere\n")
            .With(Odd, "# 🐍\nx = '🐍';\tfrom .nope import x\n");
        return (library, app);
    }

    // In the project file: settings on the command line alone do not make the compiler run again, whatever they are about.
    private static TestProject WithSettings(TestProject app, TestProject library, string settings) => app.WithProject(
        "<OutputType>Exe</OutputType><PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>" + settings,
        $"""<PythonPackage Include="py/**" /><ProjectReference Include="{Path.Combine(library.Folder, library.ProjectFile)}" />""");

    [TestMethod]
    public void Imports_that_lead_nowhere_are_warnings_that_every_setting_of_the_compiler_applies_to()
    {
        var (library, app) = Projects();
        string At(string file, string place) => $"{Path.Combine(app.Folder, file)}({place}): ";

        // Places, and a link to a page that is there.
        var first = app.Build("-p:ErrorLog=log.sarif").Succeeds()
            .Says(At("py/app.py", "4,5") + "warning PYE1019: The module 'missing_in_app' is in no embedded tree")
            .Says(At("py/pkg/here.py", "1,1") + "warning PYE1018: The module 'pkg.nowhere' does not exist")
            .Says(At(Odd, "2,11") + "warning PYE1018: The module 'pkg.nope' does not exist")
            .Says($"{Path.Combine(library.Folder, "py/lib/__init__.py")}(1,1): warning PYE1019")
            .DoesNotSay("'lib").DoesNotSay("silenced").DoesNotSay("optional").DoesNotSay("'os");
        using var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(app.Folder, "log.sarif")));
        var link = new Uri(log.RootElement.GetProperty("runs")[0].GetProperty("rules").GetProperty("PYE1019").GetProperty("helpUri").GetString()!);
        Assert.AreEqual("#pye1019", link.Fragment);
        StringAssert.Contains(File.ReadAllText(link.LocalPath), "<a id=\"pye1019\"></a>", first.Output);

        // As with any warning of csc, a build that has nothing to compile does not repeat it.
        app.Build("-p:ErrorLog=log.sarif").Succeeds().DoesNotSay("PYE1019");

        WithSettings(app, library, "<NoWarn>$(NoWarn);PYE1018</NoWarn><WarningsAsErrors>PYE1019</WarningsAsErrors>");
        app.Build("--no-dependencies").Fails().Says("error PYE1019").DoesNotSay("PYE1018");
        app.Build("--no-dependencies").Fails().Says("error PYE1019").DoesNotSay("PYE1018");
        WithSettings(app, library, "<TreatWarningsAsErrors>true</TreatWarningsAsErrors><WarningsNotAsErrors>PYE1019</WarningsNotAsErrors>");
        app.Build("--no-dependencies").Fails().Says("error PYE1018").Says("warning PYE1019");
        WithSettings(app, library, "").With(".globalconfig", "is_global = true\ndotnet_diagnostic.PYE1018.severity = none\ndotnet_diagnostic.PYE1019.severity = error\n");
        app.Build("--no-dependencies").Fails().Says("error PYE1019").DoesNotSay("PYE1018");
        WithSettings(app, library, "<PyEmbedIgnoredImports>missing_*</PyEmbedIgnoredImports>");
        app.Build("--no-dependencies").Succeeds().DoesNotSay("PYE1019");

        // What leaves nothing to be embedded stays an error.
        app.With(".globalconfig", "is_global = true\ndotnet_diagnostic.PYE1014.severity = none\n");
        app.Build("-p:NoWarn=PYE1014", "-p:PyEmbedPython=3.99", "--no-dependencies").Fails().Says("error PYE1014");
    }

    [TestMethod]
    public void Where_no_generator_runs_the_builds_own_settings_apply_and_every_build_repeats_what_is_wrong()
    {
        var project = new TestProject("Basic");
        project.With("Basic.vbproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="PyEmbed" Version="{PackageFeed.Version}" />
                    <PythonPackage Include="py" />
                  </ItemGroup>
                </Project>
                """)
            .With("py/a.py", "import nowhere\n").With("py/json.py", "");
        var place = Path.Combine(project.Folder, "py/a.py") + "(1,1,1,15): ";
        project.Build().Succeeds().Says(place + "warning PYE1019").Says("warning PYE1006");
        project.Build("--no-restore").Succeeds().Says(place + "warning PYE1019").Says("warning PYE1006");
        project.Build("--no-restore", "-p:NoWarn=PYE1019").Succeeds().DoesNotSay("PYE1019").Says("warning PYE1006");
        project.Build("--no-restore", "-p:WarningsAsErrors=PYE1019").Fails().Says("error PYE1019").Says("warning PYE1006");
        project.Build("--no-restore", "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=PYE1006").Fails().Says("error PYE1019").Says("warning PYE1006");
        project.Build("--no-restore", "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=PYE1006").Fails().Says("error PYE1019");
        project.Build("--no-restore", "-p:TreatWarningsAsErrors=true", "-p:NoWarn=PYE1006%3BPYE1019").Succeeds().DoesNotSay("PYE10");
        project.Build("--no-restore", "-p:NoWarn=PYE1014", "-p:PyEmbedBytecode=perhaps").Fails().Says("error PYE1014");
    }
}
