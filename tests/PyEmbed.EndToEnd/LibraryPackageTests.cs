using System.IO.Compression;

namespace PyEmbed.EndToEnd;

/// <summary>Libraries whose Python travels in their assemblies, by NuGet packages.</summary>
[TestClass]
public class LibraryPackageTests
{
    private static TestProject Library(string folder, string name, string extension, string frameworks, string items = "") => new TestProject(name, Path.Combine(folder, name))
        .With($"{name}.{extension}", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>{frameworks}</TargetFrameworks><NuGetAudit>false</NuGetAudit>
                <PackageId>Travel.{name}</PackageId><Authors>someone</Authors>
                <NoWarn>$(NoWarn);NU5128</NoWarn>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="PyEmbed" Version="{PackageFeed.Version}" /><PythonPackage Include="py/**" />{items}</ItemGroup>
            </Project>
            """)
        .With($"py/{name.ToLowerInvariant()}/__init__.py", $"WORD = '{name}'\n")
        .With($"py/common/{name.ToLowerInvariant()}.py", $"WORD = 'common {name}'\n");

    [TestMethod]
    public void Libraries_of_every_framework_and_language_reach_an_application_through_another()
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        var multi = Library(folder, "Multi", "csproj", "netstandard2.0;net8.0;net10.0").With("C.cs", "public class C { public static string Name => Multi.PythonModules.multi.Name; }");
        multi.Build("-c", "Release").Succeeds();
        multi.Dotnet("pack", "--no-build", "--nologo", "-o", PackageFeed.Folder).Succeeds();
        using (var package = ZipFile.OpenRead(Path.Combine(PackageFeed.Folder, "Travel.Multi.1.0.0.nupkg")))
        {
            var names = package.Entries.Select(entry => entry.FullName).ToList();
            CollectionAssert.IsSubsetOf(new[] { "lib/netstandard2.0/Multi.dll", "lib/net8.0/Multi.dll", "lib/net10.0/Multi.dll" }, names);
            Assert.IsEmpty(names.Where(name => name.EndsWith(".py", StringComparison.Ordinal) || name.EndsWith(".zip", StringComparison.Ordinal)));
        }

        Library(folder, "Basic", "vbproj", "netstandard2.0").Dotnet("pack", "--nologo", "-o", PackageFeed.Folder).Succeeds();
        Library(folder, "Sharp", "fsproj", "net8.0", """<PackageReference Include="Travel.Multi" Version="1.0.0" /><PackageReference Include="Travel.Basic" Version="1.0.0" />""")
            .Dotnet("pack", "--nologo", "-o", PackageFeed.Folder).Succeeds();

        // References one of the three, neither PyEmbed nor the others, in a solution that manages versions centrally.
        var app = new TestProject("App", Path.Combine(folder, "app"))
            .With("Directory.Packages.props", """
                <Project>
                  <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally><CentralPackageTransitivePinningEnabled>true</CentralPackageTransitivePinningEnabled></PropertyGroup>
                  <ItemGroup><PackageVersion Include="Travel.Sharp" Version="1.0.0" /><PackageVersion Include="Travel.Multi" Version="1.0.0" /></ItemGroup>
                </Project>
                """)
            .With("App.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit></PropertyGroup>
                  <ItemGroup><PackageReference Include="Travel.Sharp" /></ItemGroup>
                </Project>
                """)
            .With("Program.cs", """
                using var python = PyEmbed.PythonInterpreter.Start();
                foreach (string name in new[] { "multi", "basic", "sharp", "common.multi", "common.basic", "common.sharp" })
                {
                    System.Console.WriteLine(python.Import(name).GetAttribute("WORD").As<string>());
                }
                """);
        app.Dotnet("run").Succeeds().Prints("Multi", "Basic", "Sharp", "common Multi", "common Basic", "common Sharp");

        // The same regular package once more.
        app.With("py/basic/__init__.py", "WORD = 'mine'\n").With("Directory.Build.props", """<Project><ItemGroup><PythonPackage Include="py/**" /></ItemGroup></Project>""");
        app.Build().Fails().Says("error PYE1011").Says("'basic'").Says("'Basic'");
    }

    [TestMethod]
    public void An_entry_point_in_a_library_without_the_runtime_says_what_it_needs() =>
        Library(Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName, "Old", "csproj", "netstandard2.0", """<PythonEntryPoint Include="old:main" />""")
            .Build().Fails().Says("error PYE1030").Says("netstandard2.0");

    [TestMethod]
    public void Test_projects_of_the_testing_platform_mount_their_own_tree()
    {
        var tests = new TestProject("Tests")
            .WithProject("<OutputType>Exe</OutputType><EnableMSTestRunner>true</EnableMSTestRunner><IsTestProject>true</IsTestProject>", """
                <PythonPackage Include="py" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
                <PackageReference Include="MSTest.TestAdapter" Version="4.4.0" />
                <PackageReference Include="MSTest.TestFramework" Version="4.4.0" />
                """)
            .With("global.json", """{ "test": { "runner": "Microsoft.Testing.Platform" } }""")
            .With("py/mine/__init__.py", "WORD = 'mine'\n")
            .With("Tests.cs", """
                using Microsoft.VisualStudio.TestTools.UnitTesting;
                [TestClass]
                public class ImportTests
                {
                    [TestMethod]
                    public void Imports()
                    {
                        using var python = PyEmbed.PythonInterpreter.Start();
                        Assert.AreEqual("mine", python.Import(global::Tests.PythonModules.mine.Name).GetAttribute("WORD").As<string>());
                    }
                }
                """);
        tests.Build().Succeeds();
        tests.Dotnet("test", "--no-build").Succeeds().Says("succeeded: 1");
    }
}
