using System.Reflection;

namespace PyEmbed.EndToEnd;

/// <summary>Packs PyEmbed, what is built on it, and the bridge to pythonnet where that is restored, once a run into a local folder feed, as a user would restore them.</summary>
[TestClass]
public sealed class PackageFeed
{
    /// <summary>The repository this test project was built from.</summary>
    internal static string RepositoryRoot { get; } = OfTheBuild("RepositoryRoot");

    /// <summary>The version of pythonnet that the packed bridge asks for.</summary>
    internal static string PythonNetOldest { get; } = OfTheBuild("PyEmbedPythonNetOldest");

    /// <summary>The version of pythonnet that the bridge is tested with; empty where it is left out.</summary>
    internal static string PythonNetVersion { get; } = OfTheBuild("PyEmbedPythonNet");

    /// <summary>Why the bridge is left out; empty where it is not.</summary>
    internal static string PythonNetLeftOut { get; } = OfTheBuild("PyEmbedPythonNetLeftOut");

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
        Pack("PyEmbed");
        var package = Directory.GetFiles(Folder, "PyEmbed.*.nupkg").Single();
        Pack("PyEmbed.AspNetCore");
        if (PythonNetVersion.Length > 0)
        {
            Pack("PyEmbed.PythonNet", $"-p:PyEmbedPythonNet={PythonNetVersion}");
            // What the build restored may come from another feed than the public one.
            foreach (var found in Directory.GetFiles(Path.Combine(RepositoryRoot, "artifacts", "pythonnet"), "*.nupkg"))
            {
                File.Copy(found, Path.Combine(Folder, Path.GetFileName(found)));
            }
        }

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

    private static void Pack(string project, params string[] arguments) => Shell.Run(
        RepositoryRoot, ["dotnet", "pack", $"src/{project}/{project}.csproj", "-c", "Release", "-o", Folder, "--nologo", "-v", "quiet", .. arguments]).Succeeds();

    private static string OfTheBuild(string key) =>
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value ?? "";
}
