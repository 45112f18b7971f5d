using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PyEmbed.EndToEnd;

/// <summary>This repository without pythonnet, and what looks for it.</summary>
[TestClass]
public partial class PythonNetSwitchTests
{
    private static string NewFolder() => Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;

    [TestMethod]
    public void Without_pythonnet_its_tests_are_skipped_by_name_and_reason_and_nothing_of_the_bridge_is_built_or_packed()
    {
        var output = NewFolder();
        string[] without = ["--nologo", "-p:PyEmbedPythonNet=", $"-p:ArtifactsPath={output}/artifacts"];
        Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "test", "tests/PyEmbed.PythonNet.Tests", .. without, "--logger", "trx;LogFileName=report.trx", "--results-directory", output]).Succeeds();
        var results = XDocument.Load(Path.Combine(output, "report.trx")).Descendants().Where(item => item.Name.LocalName == "UnitTestResult").ToList();
        var sources = Directory.GetFiles(Path.Combine(PackageFeed.RepositoryRoot, "tests", "PyEmbed.PythonNet.Tests"), "*.cs", SearchOption.AllDirectories);
        CollectionAssert.AreEquivalent(
            sources.SelectMany(file => Test().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToList(),
            results.Select(result => result.Attribute("testName")!.Value).ToList());
        foreach (var result in results)
        {
            Assert.AreEqual("NotExecuted", result.Attribute("outcome")!.Value);
            StringAssert.Contains(result.Value, "pythonnet was not restored. Run build/provision.sh", StringComparison.Ordinal);
        }

        foreach (var project in new[] { "src/PyEmbed.PythonNet", "samples/PythonNetHost" })
        {
            Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "pack", project, .. without]).Succeeds()
                .Says($"{Path.GetFileName(project)} is left out: pythonnet was not restored. Run build/provision.sh");
        }

        Assert.IsEmpty(Directory.GetFiles(output, "*.nupkg", SearchOption.AllDirectories));
        Assert.IsEmpty(Directory.GetFiles(output, "PyEmbed.PythonNet.dll", SearchOption.AllDirectories));
        Assert.IsEmpty(Directory.GetFiles(output, "PythonNetHost.dll", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void A_feed_without_pythonnet_and_none_at_all_are_no_failure()
    {
        var root = RepositoryWithout(sources: "");
        var looking = Path.Combine(root, "build", "pythonnet.sh");
        var fresh = new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Path.Combine(root, "packages"), ["PYEMBED_PACKAGE_FEED"] = null };
        Shell.Run("/", [looking], fresh).Succeeds().Says("the bridge to it is left out");
        Assert.IsFalse(File.Exists(Path.Combine(root, "artifacts", "pythonnet", "pythonnet.props")));
        Shell.Run("/", [looking], fresh).Succeeds().DoesNotSay("left out");

        foreach (var feed in new[] { Path.Combine(root, "no folder; at all"), Directory.CreateDirectory(Path.Combine(root, "empty")).FullName, "https://127.0.0.1:9/v3/index.json" })
        {
            Shell.Run("/", [looking], new Dictionary<string, string?>(fresh) { ["PYEMBED_PACKAGE_FEED"] = feed }).Succeeds()
                .Says("does not restore with the feed of PYEMBED_PACKAGE_FEED").Says(feed).Says("the bridge to it is left out");
        }
    }

    [TestMethod]
    [PythonNetRestored]
    public void What_a_feed_has_is_recorded_once_and_stays_when_the_feed_vanishes()
    {
        var root = RepositoryWithout("""<add key="nuget.org" value="https://api.nuget.org/v3/index.json" />""");
        var feed = Directory.CreateDirectory(Path.Combine(root, "a feed")).FullName;
        var name = $"pythonnet.{PackageFeed.PythonNetVersion}.nupkg";
        File.Copy(Path.Combine(PackageFeed.Folder, name), Path.Combine(feed, name));
        var looking = Path.Combine(root, "build", "pythonnet.sh");
        var environment = new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Path.Combine(root, "packages"), ["PYEMBED_PACKAGE_FEED"] = feed };
        Shell.Run("/", [looking], environment).Succeeds().Says($"pythonnet {PackageFeed.PythonNetVersion} was found");

        var found = Path.Combine(root, "artifacts", "pythonnet");
        var record = Path.Combine(found, "pythonnet.props");
        var written = File.GetLastWriteTimeUtc(record);
        Directory.Delete(feed, recursive: true);
        Shell.Run("/", [looking], environment).Succeeds();
        Shell.Run("/", [looking], new Dictionary<string, string?>(environment) { ["PYEMBED_PACKAGE_FEED"] = null }).Succeeds();
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(record));

        string Evaluated(params string[] arguments) => Shell.Run(root, ["dotnet", "msbuild", record, "-nologo", "-getProperty:PyEmbedPythonNet", .. arguments]).Succeeds().Output.Trim();
        Assert.AreEqual(PackageFeed.PythonNetVersion, Evaluated());
        Assert.AreEqual("9.8.7", Evaluated("-p:PyEmbedPythonNet=9.8.7"));
        Assert.AreEqual("", Evaluated("-p:PyEmbedPythonNet="));
        File.Delete(Path.Combine(found, name));
        Assert.AreEqual("", Evaluated(), "a record of what is not there any more");
    }

    /// <summary>A folder with what looks for pythonnet, and a nuget.config of its own.</summary>
    private static string RepositoryWithout(string sources)
    {
        var root = NewFolder();
        Directory.CreateDirectory(Path.Combine(root, "build"));
        File.Copy(Path.Combine(PackageFeed.RepositoryRoot, "build", "pythonnet.sh"), Path.Combine(root, "build", "pythonnet.sh"));
        File.WriteAllText(Path.Combine(root, "nuget.config"), $"<configuration><packageSources><clear />{sources}</packageSources></configuration>");
        return root;
    }

    [GeneratedRegex(@"\[TestMethod\](?:\s*\[.*\])*\s*public (?:async )?\w+ (\w+)\(")]
    private static partial Regex Test();
}
