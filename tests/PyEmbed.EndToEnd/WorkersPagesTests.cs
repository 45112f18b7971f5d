using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>What the pages on workers, on isolates and on ASP.NET Core show, in fresh projects with the packed PyEmbed and PyEmbed.AspNetCore.</summary>
[TestClass]
public sealed partial class WorkersPagesTests
{
    private static readonly MarkdownPage s_workers = new(PackageFeed.RepositoryRoot, "docs/workers.md", PackageFeed.Version);
    private static readonly MarkdownPage s_isolates = new(PackageFeed.RepositoryRoot, "docs/isolates.md", PackageFeed.Version);
    private static readonly MarkdownPage s_aspNetCore = new(PackageFeed.RepositoryRoot, "docs/aspnetcore.md", PackageFeed.Version);

    [TestMethod]
    public void Links_of_the_pages_lead_somewhere()
    {
        s_workers.HasNoDeadLinks();
        s_isolates.HasNoDeadLinks();
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
    public void Isolates_run_code_modules_and_scripts()
    {
        var project = new TestProject("Isolates").WithProject()
            .With("py/myapp/__init__.py", "")
            .With("py/myapp/report.py", "import sys\nsys.exit(len(sys.argv[1]))\n")
            .With("Program.cs", $$"""
                using PyEmbed;
                using PythonInterpreter python = PythonInterpreter.Start();
                PythonTree tree = PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["more.py"] = "value = 7"u8.ToArray() });
                StringWriter writer = new();
                CancellationToken cancellation = CancellationToken.None;
                {{s_isolates.Snippet("# Isolates", "csharp")}}
                isolate.Execute("import more; print(more.value)");
                {{s_isolates.Snippet("Making one takes", "csharp")}}
                {{s_isolates.Snippet("## Scripts", "csharp")}}
                Console.WriteLine(FormattableString.Invariant($"{answer} {text} {writer.ToString().Trim()} {code} {gross}"));
                """);
        project.Dotnet("run").Succeeds().Prints("42 [1, 2] 7 4 119");
    }

    [TestMethod]
    public async Task An_application_serves_what_scripts_answer_and_its_health() =>
        await Serves(WebProject("Web").With("Program.cs", s_aspNetCore.Snippet("# In ASP.NET Core", "csharp")), ("square/7", "49"), ("health", "Healthy"));

    [TestMethod]
    public async Task An_application_serves_what_scripts_answer_in_its_process()
    {
        var project = WebProject("Prices", """<PythonPackage Include="py/**" />""")
            .With("py/myapp/__init__.py", "")
            .With("py/myapp/scripts/__init__.py", "")
            .With("py/myapp/scripts/price.py", "result = round(net * 1.19, 2)\n")
            .With("Program.cs", $"""
                using PyEmbed;
                using PyEmbed.AspNetCore;
                var builder = WebApplication.CreateBuilder(args);
                {s_aspNetCore.Snippet("## In the process", "csharp")}
                app.MapHealthChecks("/health");
                app.Run();
                """);
        await Serves(project, ("price/100", "119"), ("price/10", "11.9"), ("health", "Healthy"));
    }

    [TestMethod]
    public void The_readme_shows_the_application_that_is_tested() =>
        Assert.AreEqual(s_aspNetCore.Snippet("# In ASP.NET Core", "csharp"), new MarkdownPage(PackageFeed.RepositoryRoot, "README.md", PackageFeed.Version).Snippet("## In a web application", "csharp"));

    private static TestProject WebProject(string name, string items = "") => new TestProject(name).With($"{name}.csproj", $"""
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="PyEmbed.AspNetCore" Version="{PackageFeed.Version}" />
            {items}
          </ItemGroup>
        </Project>
        """);

    private static async Task Serves(TestProject project, params (string Path, string Text)[] answers)
    {
        project.Build().Succeeds();
        using var host = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(project.Folder, "bin", "Debug", "net10.0", project.Name + ".dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = project.Folder,
        })!;
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressOf(host), Timeout = TimeSpan.FromMinutes(1) };
            _ = host.StandardOutput.ReadToEndAsync(); // So that it never waits for a reader.
            foreach (var (path, text) in answers)
            {
                Assert.AreEqual(text, await client.GetStringAsync(path), path);
            }
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync();
        }
    }

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
