using System.Diagnostics;
using System.Reflection;
using System.Security;

namespace PyEmbed.Tasks.Tests.Engine;

/// <summary>A project in a folder of its own that <c>dotnet</c> builds with this repository's props, targets and task.</summary>
internal sealed class EngineProject : IDisposable
{
    private static readonly string s_targets = typeof(EngineProject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "PyEmbedTargetsFolder").Value!;

    private readonly TempFolder _folder = new();

    /// <summary>Writes the project.</summary>
    /// <param name="body">Items and properties of the project.</param>
    /// <param name="name">Folder and project name.</param>
    /// <param name="targetFramework">The element that names the frameworks.</param>
    public EngineProject(string body, string name = "App", string targetFramework = "<TargetFramework>net10.0</TargetFramework>")
    {
        Name = name;
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write(name + ".csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {targetFramework}
                <PyEmbedTasksAssembly>{SecurityElement.Escape(typeof(Collector).Assembly.Location)}</PyEmbedTasksAssembly>
                <_PyEmbedUseGenerator>false</_PyEmbedUseGenerator>
                <GenerateAssemblyInfo>false</GenerateAssemblyInfo>
              </PropertyGroup>
              <Import Project="{SecurityElement.Escape(s_targets)}/PyEmbed.props" />
              {body}
              <Import Project="{SecurityElement.Escape(s_targets)}/PyEmbed.targets" />
            </Project>
            """);
    }

    public string Name { get; }

    public string Output => this[$"obj/Debug/net10.0/pyembed/{Name}"];

    public string this[string path] => _folder[$"{Name}/{path}"];

    public string Write(string path, string text) => _folder.Write($"{Name}/{path}", text);

    /// <summary>Runs <c>dotnet</c> on the project from another folder, and gives exit code and output.</summary>
    public (int ExitCode, string Output) Dotnet(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [command, this[Name + ".csproj"], "-nologo", "-v:n", "-nodeReuse:false", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Builds and expects success.</summary>
    public string Build(params string[] arguments)
    {
        (int exitCode, string output) = Dotnet("build", arguments);
        Assert.AreEqual(0, exitCode, output);
        return output;
    }

    /// <summary>The names of the resources in the built assembly.</summary>
    public string[] Resources(string configurationPath = "bin/Debug/net10.0")
    {
        using FileStream stream = File.OpenRead(this[$"{configurationPath}/{Name}.dll"]);
        using var image = new System.Reflection.PortableExecutable.PEReader(stream);
        System.Reflection.Metadata.MetadataReader reader = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        return reader.ManifestResources.Select(handle => reader.GetString(reader.GetManifestResource(handle).Name)).ToArray();
    }

    public void Dispose() => _folder.Dispose();
}
