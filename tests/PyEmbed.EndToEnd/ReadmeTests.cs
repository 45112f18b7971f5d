using System.IO.Compression;

namespace PyEmbed.EndToEnd;

/// <summary>The README's snippets, taken from its text, do what it says.</summary>
[TestClass]
public class ReadmeTests
{
    private static readonly MarkdownPage s_readme = new(PackageFeed.RepositoryRoot, "README.md", PackageFeed.Version);

    private static string Snippet(string heading, string language) => s_readme.Snippet(heading, language);

    [TestMethod]
    public void Five_minutes_from_csharp()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("Readme.csproj", Snippet("## From C#", "xml"))
            .With("Program.cs", Snippet("## From C#", "csharp"));
        project.Dotnet("run").Succeeds().Prints("Hello from utils processed", "Hello from utils processed", "mypkg.core");
    }

    [TestMethod]
    public void No_csharp_at_all()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("Readme.csproj", Snippet("## Without any C#", "xml"));
        project.Dotnet("run").Succeeds().Prints("Hello from utils processed");
    }

    [TestMethod]
    public void What_is_embedded_is_said_in_the_project()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("py/mypkg/tests/test_core.py", "")
            .With("Readme.csproj", Snippet("## Without any C#", "xml"))
            .With("Directory.Build.targets", $"<Project>{Snippet("## What is embedded", "xml")}</Project>");
        project.Dotnet("run").Succeeds().Prints("Hello from utils processed");
        using var archive = ZipFile.OpenRead(
            Directory.GetFiles(Path.Combine(project.Folder, "obj"), "Readme.zip", SearchOption.AllDirectories).Single());
        Assert.IsTrue(archive.Entries.Any(entry => entry.Name.StartsWith("core.", StringComparison.Ordinal)));
        Assert.IsFalse(archive.Entries.Any(entry => entry.Name.EndsWith(".py", StringComparison.Ordinal) || entry.Name.Contains("test", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Trees_from_memory()
    {
        var project = new TestProject("Readme").WithProject(items: "").With("Program.cs", Snippet("## Trees that are not built in", "csharp"));
        project.Dotnet("run").Succeeds().Prints("Ada starts");
    }

    [TestMethod]
    public void Modules_written_in_csharp()
    {
        var project = new TestProject("Readme").WithProject(items: "").With("Program.cs", Snippet("## Modules written in C#", "csharp"));
        project.Dotnet("run").Succeeds().Prints("Hello Ada! Hello Grace? 1.2");
    }

    [TestMethod]
    public void Code_of_others()
    {
        var project = new TestProject("Readme").WithProject(items: "").With("Program.cs", Snippet("## Code of others", "csharp"));
        var run = project.Dotnet("run").Succeeds();
        StringAssert.Contains(run.Output, "{\"a\": 1}");
        StringAssert.Contains(run.Output, "subprocess: ");
    }

    [TestMethod]
    public void Two_lines_with_pythonnet_are_those_that_are_tested() =>
        Assert.AreEqual(new MarkdownPage(PackageFeed.RepositoryRoot, "docs/pythonnet.md", PackageFeed.Version).Snippet("## Two lines", "csharp"), Snippet("## With pythonnet", "csharp"));

    [TestMethod]
    public void Plain_Python()
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        File.Copy(Path.Combine(HelloPackageTests.PublishedAndMoved("Release", singleFile: false), "Hello.dll"), Path.Combine(folder, "App.dll"));
        var commands = Snippet("## From plain Python", "sh").Split('\n').Select(line => line.Split(' ')).ToList();
        var wheel = Path.Combine(PackageFeed.RepositoryRoot, "artifacts", "packages", commands[0][2]);
        var environment = new Dictionary<string, string?> { ["PYTHONPATH"] = wheel };

        Shell.Run(folder, ["python3", .. commands[1][1..]], environment).Succeeds();
        Shell.Run(folder, ["python3", "-c", Snippet("## From plain Python", "python")], environment).Succeeds().Prints("Hello from utils processed");
    }

    [TestMethod]
    public void Every_link_into_the_repository_leads_somewhere() => s_readme.HasNoDeadLinks();
}
