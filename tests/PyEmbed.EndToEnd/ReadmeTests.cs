using System.IO.Compression;
using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>The README's snippets, taken from its text, do what it says.</summary>
[TestClass]
public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(PackageFeed.RepositoryRoot, "README.md"));

    /// <summary>The fenced block of a language after a heading.</summary>
    private static string Snippet(string heading, string language)
    {
        var section = Readme.IndexOf(heading, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, section, $"README.md has no heading '{heading}'");
        var block = Fence().Matches(Readme[section..]).FirstOrDefault(match => match.Groups[1].Value == language);
        Assert.IsNotNull(block, $"README.md has no {language} block under '{heading}'");
        return block.Groups[2].Value;
    }

    [TestMethod]
    public void Five_minutes_from_csharp()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("Readme.csproj", Snippet("## From C#", "xml").Replace("0.1.0", PackageFeed.Version, StringComparison.Ordinal))
            .With("Program.cs", Snippet("## From C#", "csharp"));
        project.Dotnet("run").Succeeds().Prints("Hello from utils processed", "Hello from utils processed", "mypkg.core");
    }

    [TestMethod]
    public void No_csharp_at_all()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("Readme.csproj", Snippet("## Without any C#", "xml").Replace("0.1.0", PackageFeed.Version, StringComparison.Ordinal));
        project.Dotnet("run").Succeeds().Prints("Hello from utils processed");
    }

    [TestMethod]
    public void What_is_embedded_is_said_in_the_project()
    {
        var project = new TestProject("Readme").WithHelloPackage()
            .With("py/mypkg/tests/test_core.py", "")
            .With("Readme.csproj", Snippet("## Without any C#", "xml").Replace("0.1.0", PackageFeed.Version, StringComparison.Ordinal))
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
    public void Plain_Python()
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        File.Copy(Path.Combine(HelloPackageTests.PublishedAndMoved("Release", singleFile: false), "Hello.dll"), Path.Combine(folder, "App.dll"));
        var commands = Snippet("## From plain Python", "sh").Split('\n').Select(line => line.Split(' ')).ToList();
        var wheel = Path.Combine(PackageFeed.RepositoryRoot, "artifacts", "packages", commands[0][2].Replace("0.1.0", PackageFeed.Version, StringComparison.Ordinal));
        var environment = new Dictionary<string, string?> { ["PYTHONPATH"] = wheel };

        Shell.Run(folder, ["python3", .. commands[1][1..]], environment).Succeeds();
        Shell.Run(folder, ["python3", "-c", Snippet("## From plain Python", "python")], environment).Succeeds().Prints("Hello from utils processed");
    }

    [TestMethod]
    public void Every_link_into_the_repository_leads_somewhere()
    {
        foreach (var link in Link().Matches(Readme).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            Assert.IsTrue(Path.Exists(Path.Combine(PackageFeed.RepositoryRoot, link.Split('#')[0])), link);
        }
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)#][^)]*)\)")]
    private static partial Regex Link();
}
