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
    public void Published_it_runs_moved_from_anywhere_without_home_locale_or_writable_disk(string configuration, bool singleFile)
    {
        var published = Hello().Publish(singleFile
            ? ["-c", configuration, "-r", RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true"]
            : ["-c", configuration]);
        Assert.IsEmpty(Directory.GetFiles(published, "*.py*", SearchOption.AllDirectories));
        Assert.AreEqual(singleFile, !File.Exists(Path.Combine(published, "Hello.dll")));

        var moved = published + "-moved";
        Directory.Move(published, moved);
        var hello = Path.Combine(moved, "Hello");
        TestProject.RunPublished(moved, "Hello").Succeeds().Prints(Greeting);

        var bare = new Dictionary<string, string?> { ["HOME"] = null, ["LANG"] = null, ["LC_ALL"] = null, ["XDG_CACHE_HOME"] = null };
        Shell.Run("/", [hello], bare).Succeeds().Prints(Greeting);
        Shell.Run("/", ReadOnlyDisk.Command(hello), bare).Succeeds().Prints(Greeting);
        Shell.Run("/", ReadOnlyDisk.Command(hello)).Succeeds().Prints(Greeting);
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
