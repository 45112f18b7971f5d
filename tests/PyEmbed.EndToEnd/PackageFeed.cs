using System.Reflection;

namespace PyEmbed.EndToEnd;

/// <summary>Packs PyEmbed once a run into a local folder feed, as a user would restore it.</summary>
[TestClass]
public sealed class PackageFeed
{
    /// <summary>The repository this test project was built from.</summary>
    internal static string RepositoryRoot { get; } = typeof(PackageFeed).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>A folder of this run's own, outside the repository so that no file of it reaches the test projects.</summary>
    internal static string Workspace { get; private set; } = "";

    /// <summary>The folder feed.</summary>
    internal static string Folder => Path.Combine(Workspace, "feed");

    /// <summary>The version of the packed PyEmbed.</summary>
    internal static string Version { get; private set; } = "";

    /// <summary>Packs, and writes the nuget.config that every project in the workspace inherits.</summary>
    [AssemblyInitialize]
    public static void Pack(TestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Workspace = Directory.CreateTempSubdirectory("pyembed-e2e-").FullName;
        Directory.CreateDirectory(Folder);
        Shell.Run(RepositoryRoot, ["dotnet", "pack", "src/PyEmbed/PyEmbed.csproj", "-c", "Release", "-o", Folder, "--nologo", "-v", "quiet"]).Succeeds();
        var package = Directory.GetFiles(Folder, "PyEmbed.*.nupkg").Single();
        Version = Path.GetFileNameWithoutExtension(package)["PyEmbed.".Length..];

        // A packages folder of its own: the global one may hold an older build of the same version.
        File.WriteAllText(Path.Combine(Workspace, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(Workspace, "packages")}" /></config>
              <packageSources>
                <clear />
                <add key="pyembed" value="{Folder}" />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>Removes the workspace.</summary>
    [AssemblyCleanup]
    public static void Remove() => Directory.Delete(Workspace, recursive: true);
}
