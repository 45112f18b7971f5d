using System.Collections.Concurrent;

namespace PyEmbed.EndToEnd;

/// <summary>The sample package in every form a user ships it.</summary>
[TestClass]
public class HelloPackageTests
{
    private const string Greeting = "Hello from utils processed";

    private const string Program = """
        using PyEmbed;
        using var python = PythonInterpreter.Start();
        return python.RunEntryPoint("mypkg.__main__:main", args);
        """;

    private static readonly Dictionary<string, string?> Bare = new() { ["HOME"] = null, ["LANG"] = null, ["LC_ALL"] = null, ["XDG_CACHE_HOME"] = null };

    // Publishing takes most of a test's time, so the tests of one form share it.
    private static readonly ConcurrentDictionary<(string Configuration, bool SingleFile), Lazy<string>> Published = new();

    internal static string PublishedAndMoved(string configuration, bool singleFile) => Published.GetOrAdd((configuration, singleFile), form => new Lazy<string>(() =>
    {
        var folder = Hello().Publish(form.SingleFile
            ? ["-c", form.Configuration, "-r", RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true"]
            : ["-c", form.Configuration]);
        Directory.Move(folder, folder + "-moved");
        return folder + "-moved";
    })).Value;

    private static TestProject Hello() => new TestProject("Hello").WithProject().WithHelloPackage().With("Program.cs", Program);

    [TestMethod]
    [DataRow("Debug")]
    [DataRow("Release")]
    public void Dotnet_run_prints_the_greeting(string configuration) =>
        Hello().Dotnet("run", "-c", configuration).Succeeds().Prints(Greeting);

    [TestMethod]
    [DataRow("Debug")]
    [DataRow("Release")]
    public void The_sample_itself_runs_with_dotnet_run(string configuration) =>
        Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/HelloPackage", "-c", configuration])
            .Succeeds().Prints(Greeting);

    [TestMethod]
    [DataRow("Debug", false)]
    [DataRow("Release", false)]
    [DataRow("Debug", true)]
    [DataRow("Release", true)]
    public void Published_and_moved_it_runs_from_anywhere_without_home_or_locale(string configuration, bool singleFile)
    {
        var folder = PublishedAndMoved(configuration, singleFile);
        Assert.IsEmpty(Directory.GetFiles(folder, "*.py*", SearchOption.AllDirectories));
        Assert.AreEqual(singleFile, !File.Exists(Path.Combine(folder, "Hello.dll")));
        TestProject.RunPublished(folder, "Hello").Succeeds().Prints(Greeting);
        Shell.Run("/", [Path.Combine(folder, "Hello")], Bare).Succeeds().Prints(Greeting);
    }

    [TestMethod]
    [ReadOnlyDiskPossible]
    [DataRow("Debug", false)]
    [DataRow("Release", false)]
    [DataRow("Debug", true)]
    [DataRow("Release", true)]
    public void Published_it_runs_on_a_read_only_disk_with_and_without_home(string configuration, bool singleFile)
    {
        var command = ReadOnlyDisk.Command(Path.Combine(PublishedAndMoved(configuration, singleFile), "Hello"));
        Shell.Run("/", command).Succeeds().Prints(Greeting);
        Shell.Run("/", command, Bare).Succeeds().Prints(Greeting);
    }

    [TestMethod]
    public void A_self_contained_single_file_runs()
    {
        var published = Hello().Publish("-c", "Release", "-r", RuntimeIdentifier, "--self-contained", "true", "-p:PublishSingleFile=true");
        TestProject.RunPublished(published, "Hello").Succeeds().Prints(Greeting);
    }

    [TestMethod]
    public void Ways_to_run_agree_on_arguments_and_exit_codes()
    {
        var project = new TestProject("Echo").WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>echo</PyEmbedEntryPoint>")
            .With("py/echo.py", """
                import sys
                print(__name__, __spec__.name, sys.argv[1:], [p for p in sys.path if p in ("", ".")])
                print(sys.stdin.read(), end="")
                print("to stderr", file=sys.stderr)
                sys.exit(int(sys.argv[1]))
                """);
        project.Dotnet("run", "--", "7", "two words").Exits(7)
            .Says("__main__ echo ['7', 'two words'] []").Says("to stderr");
    }

    internal static string RuntimeIdentifier => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
}
