namespace PyEmbed.EndToEnd;

/// <summary>A built application with an extension module and data, where its first place for files cannot be used, and twice at once.</summary>
[TestClass]
public class ExtractionTests
{
    private const string FindExtension =
        "import importlib.machinery, sys; specs = map(importlib.machinery.PathFinder.find_spec, ('_queue', '_heapq', '_bisect', '_statistics', 'audioop', '_lsprof')); " +
        "sys.stdout.write(next((s.origin for s in specs if s and s.origin and s.origin.endswith(('.so', '.pyd'))), ''))";

    private static readonly Lazy<string> Published = new(() =>
    {
        var extension = Shell.Run(PackageFeed.RepositoryRoot, [OperatingSystem.IsWindows() ? "python" : "python3", "-c", FindExtension]).Succeeds().Output;
        var project = new TestProject("Files").WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>tool</PyEmbedEntryPoint>")
            .With("py/tool/__init__.py", "")
            .With("py/tool/__main__.py", """
                import glob, importlib, os
                here = os.path.dirname(__file__)
                print(sorted(os.path.basename(path) for path in glob.glob(here + "/*.py")))
                with open(os.path.join(here, "data", "n.txt")) as file:
                    print(file.read())
                for path in glob.glob(here + "/*.so"):
                    name = os.path.basename(path).partition(".")[0]
                    assert importlib.import_module("tool." + name).__file__ == path, path
                print(os.path.dirname(os.path.dirname(os.path.dirname(here))))
                """)
            .With("py/tool/data/n.txt", "datum");
        if (extension.Length > 0)
        {
            File.Copy(extension, Path.Combine(project.Folder, "py", "tool", Path.GetFileName(extension)));
        }

        return Path.Combine(project.Publish("-c", "Release"), "Files");
    });

    private static string NewFolder() => Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;

    [TestMethod]
    public void With_an_unusable_home_the_folder_for_temporary_files_serves()
    {
        var folder = NewFolder();
        var home = Path.Combine(folder, "home");
        File.WriteAllText(home, "no folder");
        var environment = new Dictionary<string, string?> { ["HOME"] = home, ["XDG_CACHE_HOME"] = home, ["TMPDIR"] = folder };
        for (var run = 0; run < 2; run++)
        {
            Shell.Run("/", [Published.Value], environment).Succeeds().Prints("['__init__.py', '__main__.py']", "datum", folder);
        }
    }

    [TestMethod]
    public void Without_any_place_the_program_ends_with_one_error()
    {
        var file = Path.Combine(NewFolder(), "file");
        File.WriteAllText(file, "");
        var environment = new Dictionary<string, string?> { ["HOME"] = file, ["XDG_CACHE_HOME"] = file, ["TMPDIR"] = file };
        Shell.Run("/", [Published.Value], environment).Exits(1).Says("pyembed.ExtractionError: PyEmbed cannot extract to").Says("Set ExtractionDirectory");
    }

    [TestMethod]
    public void Processes_that_start_at_once_all_work()
    {
        var folder = NewFolder();
        var environment = new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = folder };
        var runs = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Shell.Run("/", [Published.Value], environment))).ToArray();
        foreach (var run in runs)
        {
            run.Result.Succeeds().Prints("['__init__.py', '__main__.py']", "datum", folder);
        }

        Assert.IsEmpty(Directory.GetFiles(folder, "new-*", SearchOption.AllDirectories));
    }
}
