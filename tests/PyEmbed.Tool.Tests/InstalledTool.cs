using System.Reflection;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

/// <summary>Packs the tool once a run, installs it from a folder feed as a user would, and runs it as a process of its own.</summary>
[TestClass]
public sealed class InstalledTool
{
    /// <summary>The repository this test project was built from.</summary>
    internal static string RepositoryRoot { get; } = OfTheBuild("RepositoryRoot");

    /// <summary>The configuration this test project was built in.</summary>
    internal static string Configuration { get; } = OfTheBuild("Configuration");

    /// <summary>A folder of this run's own, outside the repository.</summary>
    internal static string Workspace { get; private set; } = "";

    /// <summary>The installed command.</summary>
    internal static string Command => Path.Combine(Workspace, "tool", OperatingSystem.IsWindows() ? "pyembed.exe" : "pyembed");

    /// <summary>The folder feed that holds the packed PyEmbed.Tool.</summary>
    internal static string Feed => Path.Combine(Workspace, "feed");

    /// <summary>The assembly of a sample, as the build of this test project made it.</summary>
    internal static string Sample(string name) => Built(name, $"{name}.dll");

    /// <summary>A file that the build of this test project made of another project.</summary>
    internal static string Built(string project, string file) => Path.Combine(RepositoryRoot, "artifacts", "bin", project, Configuration.ToLowerInvariant(), file);

    /// <summary>Packs and installs. The projects are built: another test project that builds at the same time is not in the way.</summary>
    [AssemblyInitialize]
    public static void Install(TestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Workspace = Directory.CreateTempSubdirectory("pyembed-tool-").FullName;
        Directory.CreateDirectory(Feed);
        Pack("PyEmbed.Tool");
        File.WriteAllText(Path.Combine(Workspace, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(Workspace, "packages")}" /></config>
              <packageSources>
                <clear />
                <add key="pyembed" value="{Feed}" />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
              </packageSources>
            </configuration>
            """);
        Shell.Run(Workspace, ["dotnet", "tool", "install", "PyEmbed.Tool", "--tool-path", Path.Combine(Workspace, "tool"), "--source", Feed]).Succeeds();
    }

    /// <summary>Removes the workspace.</summary>
    [AssemblyCleanup]
    public static void Remove() => Directory.Delete(Workspace, recursive: true);

    /// <summary>Packs a project as it was built for this test project.</summary>
    internal static void Pack(string project) => Shell.Run(
        RepositoryRoot, ["dotnet", "pack", $"src/{project}/{project}.csproj", "-c", Configuration, "--no-build", "-o", Feed, "--nologo", "-v", "quiet"]).Succeeds();

    /// <summary>Runs the command in the workspace, its output in pipes.</summary>
    internal static ProcessResult Run(params string[] arguments) => Shell.Run(Workspace, [Command, .. arguments]);

    /// <summary>The same with other environment variables; a null value removes one.</summary>
    internal static ProcessResult RunIn(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => Shell.Run(Workspace, [Command, .. arguments], environment);

    /// <summary>A new empty folder in the workspace.</summary>
    internal static string NewFolder() => Directory.CreateDirectory(Path.Combine(Workspace, Path.GetRandomFileName())).FullName;

    private static string OfTheBuild(string key) =>
        typeof(InstalledTool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value ?? "";
}
