using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>What the pages on workers and on ASP.NET Core show, in fresh projects with the packed PyEmbed and PyEmbed.AspNetCore.</summary>
[TestClass]
public sealed partial class WorkersPagesTests
{
    private static readonly MarkdownPage s_workers = new(PackageFeed.RepositoryRoot, "docs/workers.md", PackageFeed.Version);
    private static readonly MarkdownPage s_aspNetCore = new(PackageFeed.RepositoryRoot, "docs/aspnetcore.md", PackageFeed.Version);

    [TestMethod]
    public void Links_of_the_pages_lead_somewhere()
    {
        s_workers.HasNoDeadLinks();
        s_aspNetCore.HasNoDeadLinks();
    }

    [TestMethod]
    public void A_pool_runs_functions_scripts_and_modules()
    {
        var project = new TestProject("Pool").WithProject()
            .With("py/mypkg/__init__.py", "")
            .With("py/mypkg/jobs.py", "def add(a, b): return a + b\n")
            .With("py/mypkg/__main__.py", "import sys\nprint(sys.argv[1:], sys.stdin.read())\n")
            .With("Program.cs", "using PyEmbed;\n" + s_workers.Snippet("# Workers", "csharp") + "Console.Write($\"{sum.Value}\\n{script.Value} {script.Output}{program.Output}\");\n");
        project.Dotnet("run").Succeeds().Prints("3", "42 hello", "['--all'] text for sys.stdin");
    }

    [TestMethod]
    public async Task An_application_serves_what_scripts_answer_and_its_health()
    {
        var project = new TestProject("Web")
            .With("Web.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk.Web">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <NuGetAudit>false</NuGetAudit>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="PyEmbed.AspNetCore" Version="{PackageFeed.Version}" />
                  </ItemGroup>
                </Project>
                """)
            .With("Program.cs", s_aspNetCore.Snippet("# In ASP.NET Core", "csharp"));
        project.Build().Succeeds();
        using var host = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(project.Folder, "bin", "Debug", "net10.0", "Web.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = project.Folder,
        })!;
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressOf(host), Timeout = TimeSpan.FromMinutes(1) };
            _ = host.StandardOutput.ReadToEndAsync(); // So that it never waits for a reader.
            Assert.AreEqual("49", await client.GetStringAsync("square/7"));
            Assert.AreEqual("Healthy", await client.GetStringAsync("health"));
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync();
        }
    }

    [TestMethod]
    public void The_readme_shows_the_application_that_is_tested() =>
        Assert.AreEqual(s_aspNetCore.Snippet("# In ASP.NET Core", "csharp"), new MarkdownPage(PackageFeed.RepositoryRoot, "README.md", PackageFeed.Version).Snippet("## In a web application", "csharp"));

    private static async Task<Uri> AddressOf(Process host)
    {
        while (await host.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return new Uri(match.Groups[1].Value);
            }
        }

        throw new AssertFailedException("The application has ended before it listened.");
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}
