namespace PyEmbed.EndToEnd;

/// <summary>A fresh project in a folder of its own that restores the packed PyEmbed.</summary>
internal sealed class TestProject
{
    public TestProject(string name, string? folder = null)
    {
        Name = name;
        Folder = folder ?? Directory.CreateDirectory(
            Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName(), name)).FullName;
    }

    public string Name { get; }

    public string Folder { get; }

    public string ProjectFile => $"{Name}.csproj";

    /// <summary>Writes a file, its folders included.</summary>
    public TestProject With(string path, string content)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return this;
    }

    /// <summary>Writes the project file: an executable with <c>py/**</c> embedded, unless told otherwise.</summary>
    public TestProject WithProject(string properties = "<OutputType>Exe</OutputType>", string items = """<PythonPackage Include="py/**" />""") =>
        With(ProjectFile, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="PyEmbed" Version="{PackageFeed.Version}" />
                {items}
              </ItemGroup>
            </Project>
            """);

    /// <summary>The three files of the sample package <c>mypkg</c>, without an <c>__init__.py</c>.</summary>
    public TestProject WithHelloPackage() => WithCopy(Path.Combine("samples", "HelloPackage", "py"), "py");

    /// <summary>Copies a folder of the repository.</summary>
    public TestProject WithCopy(string from, string to)
    {
        var source = Path.Combine(PackageFeed.RepositoryRoot, from);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            With(Path.Combine(to, Path.GetRelativePath(source, file)), File.ReadAllText(file));
        }

        return this;
    }

    /// <summary>Runs a dotnet command in the project's folder.</summary>
    public ProcessResult Dotnet(params string[] arguments) => Shell.Run(Folder, ["dotnet", .. arguments]);

    /// <summary>Builds; returns what the build said.</summary>
    public ProcessResult Build(params string[] arguments) => Dotnet(["build", "--nologo", "-tl:off", .. arguments]);

    /// <summary>Publishes into a folder beside the project and returns that folder.</summary>
    public string Publish(params string[] arguments)
    {
        var target = Path.Combine(Folder, "out-" + Path.GetRandomFileName());
        Dotnet(["publish", "--nologo", "-o", target, .. arguments]).Succeeds();
        return target;
    }

    /// <summary>Runs a published executable from another working directory.</summary>
    public static ProcessResult RunPublished(string folder, string name, params string[] arguments) =>
        Shell.Run(Path.GetTempPath(), [Path.Combine(folder, name), .. arguments]);
}
