using System.IO.Compression;
using System.Text.Json;

namespace PyEmbed.EndToEnd;

/// <summary>What editors and tools ask a project, mostly without building it.</summary>
[TestClass]
public class ToolingTests
{
    private static TestProject App() => new TestProject("App")
        .WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>", """<PythonPackage Include="py/**" /><PythonPackage Include="../third" Distribution="third" />""")
        .With("py/app.py", "def main():\n    pass\n")
        .With("py/json.py", "X = 1\n")
        .With("py/__pycache__/app.cpython-311.pyc", "")
        .With("../third/pkg/third.py", "X = 3\n");

    // Visual Studio defines these; the SDK does not have them.
    private const string VisualStudioTargets = """
        <Project>
          <Target Name="CollectUpToDateCheckInputDesignTime" Returns="@(UpToDateCheckInput)" />
          <Target Name="CollectUpToDateCheckBuiltDesignTime" Returns="@(UpToDateCheckBuilt)" />
        </Project>
        """;

    [TestMethod]
    public void Visual_Studio_and_dotnet_watch_learn_every_file_also_of_folder_items()
    {
        var app = App().With("Directory.Build.targets", VisualStudioTargets);
        app.Dotnet("restore", "--nologo").Succeeds();
        var answer = app.Dotnet(
            "msbuild", "-nologo", "-p:DesignTimeBuild=true", "-t:CollectUpToDateCheckInputDesignTime;CollectUpToDateCheckBuiltDesignTime", "-getItem:UpToDateCheckInput", "-getItem:UpToDateCheckBuilt").Succeeds();
        using var items = JsonDocument.Parse(answer.Output);
        var files = new[] { Path.Combine(app.Folder, "py", "app.py"), Path.Combine(app.Folder, "py", "json.py"), Path.GetFullPath(Path.Combine(app.Folder, "..", "third", "pkg", "third.py")) };
        CollectionAssert.AreEquivalent(files, Paths(items, "UpToDateCheckInput", "PyEmbed"));
        var output = Path.Combine(app.Folder, "obj", "Debug", "net10.0", "pyembed", "App");
        CollectionAssert.AreEqual(new[] { Path.Combine(output, "PyEmbed.state") }, Paths(items, "UpToDateCheckBuilt", "PyEmbed"));
        CollectionAssert.Contains(Paths(items, "UpToDateCheckInput", ""), Path.Combine(output, "PyEmbed.manifest"));
        Assert.IsEmpty(Directory.Exists(output) ? Directory.GetFiles(output, "*.zip") : []);

        // A file that is written without a change makes a new state, and no new assembly.
        app.Build().Succeeds();
        var state = File.GetLastWriteTimeUtc(Path.Combine(output, "PyEmbed.state"));
        var assembly = File.GetLastWriteTimeUtc(Path.Combine(app.Folder, "obj", "Debug", "net10.0", "App.dll"));
        File.SetLastWriteTimeUtc(files[2], DateTime.UtcNow);
        app.Build().Succeeds();
        Assert.IsGreaterThan(state, File.GetLastWriteTimeUtc(Path.Combine(output, "PyEmbed.state")));
        Assert.AreEqual(assembly, File.GetLastWriteTimeUtc(Path.Combine(app.Folder, "obj", "Debug", "net10.0", "App.dll")));

        var watched = app.Dotnet("watch", "--list").Succeeds();
        foreach (var file in files)
        {
            watched.Says(file);
        }

        watched.DoesNotSay("__pycache__");
    }

    [TestMethod]
    public void A_binary_log_has_the_manifest_and_the_files_that_diagnostics_name()
    {
        var app = App().With("py/broken.py", "def\n");
        app.Build().Fails();
        app.Dotnet("build", "--nologo", "-tl:off", "-bl:LogFile=log.binlog;ProjectImports=ZipFile").Fails().Says("error PYE1001");
        using var archive = ZipFile.OpenRead(Path.Combine(app.Folder, "log.ProjectImports.zip"));
        var names = archive.Entries.Select(entry => entry.FullName.Replace('\\', '/')).ToList();
        Assert.ContainsSingle(names.Where(name => name.EndsWith("pyembed/App/PyEmbed.manifest", StringComparison.Ordinal)));
        Assert.ContainsSingle(names.Where(name => name.EndsWith("py/broken.py", StringComparison.Ordinal)));
        Assert.ContainsSingle(names.Where(name => name.EndsWith("py/json.py", StringComparison.Ordinal)));
        Assert.IsEmpty(names.Where(name => name.EndsWith("app.py", StringComparison.Ordinal) || name.EndsWith("third.py", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void The_page_about_the_build_has_a_target_that_works()
    {
        var page = File.ReadAllText(Path.Combine(PackageFeed.RepositoryRoot, "docs", "build.md"));
        var start = page.IndexOf("<Target Name=\"MakePython\"", StringComparison.Ordinal);
        var target = page[start..(page.IndexOf("</Target>", start, StringComparison.Ordinal) + "</Target>".Length)];
        var app = new TestProject("App")
            .WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>version:show</PyEmbedEntryPoint>", "")
            .With("Directory.Build.props", "<Project><PropertyGroup><Version>1.2.3</Version></PropertyGroup></Project>")
            .With("Directory.Build.targets", $"<Project>{target.Replace("Lines=\"", "Lines=\"def show(): print(VERSION)%0A", StringComparison.Ordinal)}</Project>");
        app.Dotnet("run").Succeeds().Prints("1.2.3");
    }

    private static string[] Paths(JsonDocument items, string type, string set) => items.RootElement.GetProperty("Items").GetProperty(type).EnumerateArray()
        .Where(item => (item.TryGetProperty("Set", out var value) ? value.GetString() : "") == set)
        .Select(item => item.GetProperty("FullPath").GetString()!)
        .ToArray();
}
