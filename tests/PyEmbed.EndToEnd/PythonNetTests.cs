namespace PyEmbed.EndToEnd;

/// <summary>The packed PyEmbed.PythonNet in fresh projects, and what docs/pythonnet.md says of it.</summary>
[TestClass]
public class PythonNetTests
{
    private const string Greeting = "Hello from utils processed";

    private static readonly MarkdownPage s_page = new(PackageFeed.RepositoryRoot, "docs/pythonnet.md", PackageFeed.Version);

    // No word of where Python is, so that it must be found.
    private static readonly Dictionary<string, string?> s_bare = new() { ["HOME"] = null, ["LANG"] = null, ["LC_ALL"] = null, ["PYTHONNET_PYDLL"] = null };

    private static readonly Lazy<string> s_library = new(() => Shell.Run(
        PackageFeed.Workspace, ["python3", "-I", "-S", "-c", """
            import os, sys, sysconfig
            get = sysconfig.get_config_var
            if sys.version_info < (3, 11):
                sys.exit("python3 on PATH is %d.%d; this pythonnet supports 3.11 and newer" % sys.version_info[:2])
            folders = [get("LIBDIR"), os.path.join(get("LIBDIR"), get("MULTIARCH") or "")]
            print(next(path for path in (os.path.join(folder, get("INSTSONAME")) for folder in folders) if os.path.exists(path)))
            """]) is { ExitCode: 0 } answer ? answer.Output.TrimEnd() : "");

    /// <summary>What a program of pythonnet's users has in its environment: the library.</summary>
    private static Dictionary<string, string?> LibraryNamed()
    {
        if (s_library.Value.Length == 0)
        {
            Assert.Inconclusive("python3 on PATH has no library or is too old for pythonnet");
        }

        return new() { ["PYTHONNET_PYDLL"] = s_library.Value };
    }

    // With the pythonnet that the project names itself.
    private static TestProject App(string heading) => new TestProject("App").WithHelloPackage()
        .With("App.csproj", s_page.Snippet("## Two lines", "xml").Replace(
            "<PythonPackage ", $"""<PackageReference Include="pythonnet" Version="{PackageFeed.PythonNetVersion}" /><PythonPackage """, StringComparison.Ordinal))
        .With("Program.cs", s_page.Snippet(heading, "csharp"));

    [TestMethod]
    public void Links_of_the_page_lead_somewhere() => s_page.HasNoDeadLinks();

    [TestMethod]
    [PythonNetRestored]
    public void Two_lines_are_enough_for_code_that_uses_pythonnet()
    {
        var environment = LibraryNamed();
        var app = App("## Two lines");
        Shell.Run(app.Folder, ["dotnet", "run"], environment).Succeeds().Prints(Greeting);

        var published = app.Publish("-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true");
        Directory.Move(published, published + "-moved");
        Assert.IsEmpty(Directory.GetFiles(published + "-moved", "*.py*", SearchOption.AllDirectories));
        Assert.IsEmpty(Directory.GetFiles(published + "-moved", "*.dll"));
        Shell.Run("/", [Path.Combine(published + "-moved", "App")], environment).Succeeds().Prints(Greeting);
    }

    [TestMethod]
    [PythonNetRestored]
    public void One_packed_assembly_serves_the_pythonnet_that_it_asks_for_and_newer_ones()
    {
        var environment = LibraryNamed();
        var program = s_page.Snippet("## Two lines", "csharp") + "\nConsole.WriteLine(typeof(PythonEngine).Assembly.GetName().Version!.ToString(3));\n";
        var app = App("## Two lines").With("Program.cs", program);
        Shell.Run(app.Folder, ["dotnet", "run"], environment).Succeeds().Prints(Greeting, PackageFeed.PythonNetVersion);
        app.With("App.csproj", s_page.Snippet("## Two lines", "xml"));
        Shell.Run(app.Folder, ["dotnet", "run"], environment).Succeeds().Prints(Greeting, PackageFeed.PythonNetOldest);
    }

    [TestMethod]
    [PythonNetRestored]
    public void The_bridge_starts_everything_and_the_snippets_of_the_page_do_what_it_says()
    {
        _ = LibraryNamed();
        var app = App("## Without knowing where CPython is");
        app.Dotnet("build").Succeeds();
        Shell.Run("/", [Path.Combine(app.Folder, "bin", "Debug", "net10.0", "App")], s_bare).Succeeds().Prints(Greeting);
        app.With("Program.cs", s_page.Snippet("## What crosses", "csharp")).Dotnet("run").Succeeds().Prints(Greeting, Greeting);
        app.With("Program.cs", s_page.Snippet("## Exceptions", "csharp")).Dotnet("run").Succeeds().Prints("InvalidOperationException: no stock");
    }

    [TestMethod]
    [PythonNetRestored]
    public void The_sample_prices_dotnet_orders_by_embedded_rules()
    {
        _ = LibraryNamed();
        Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/PythonNetHost", $"-p:PyEmbedPythonNet={PackageFeed.PythonNetVersion}"]).Succeeds().Prints(
            "Ada, Sat: the weekend takes off 5.00",
            "Grace, Mon: the large order takes off 60.00",
            "Ada, Tue: coming back takes off 5.00",
            "to pay: 670.00",
            "the weekend: 1",
            "the large order: 1",
            "coming back: 1");
    }

    [TestMethod]
    [PythonNetRestored]
    public void Libraries_namespaces_and_packages_named_as_dotnet_namespaces_import_beside_clr()
    {
        var environment = LibraryNamed();
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        foreach (var number in new[] { 1, 2 })
        {
            // Libraries know nothing of pythonnet.
            new TestProject($"Pkg{number}", Path.Combine(folder, $"pkg{number}")).WithProject("", """<PythonPackage Include="src/**" />""")
                .WithCopy($"samples/SharedNamespace/pkg{number}/src", "src");
        }

        var app = new TestProject("Contoso", Path.Combine(folder, "app"))
            .WithProject("<OutputType>Exe</OutputType><WarningsAsErrors>PYE1019</WarningsAsErrors>", $"""
                <PackageReference Include="PyEmbed.PythonNet" Version="{PackageFeed.Version}" />
                <ProjectReference Include="../pkg1/Pkg1.csproj" />
                <ProjectReference Include="../pkg2/Pkg2.csproj" />
                <PythonPackage Include="py/**" />
                """)
            .WithHelloPackage().WithCopy("samples/SharedNamespace/py", "py")
            .With("py/Contoso/__init__.py", "WHO = 'the embedded package'\n")
            .With("py/names.py", """
                import clr, Contoso, Microsoft.Win32, System
                from System.Collections.Generic import List
                from System import DateTime

                def tell():
                    numbers = List[int]()
                    numbers.Add(2)
                    numbers.Add(3)
                    clr.AddReference("Contoso")
                    return [Contoso.WHO, type(System).__name__, numbers.Count, DateTime(2026, 1, 2).Year]
                """)
            .With("Thing.cs", "namespace Contoso { public class Thing; }")
            .With("Program.cs", """
                using PyEmbed;
                using PyEmbed.PythonNet;
                using Python.Runtime;

                PythonEngine.Initialize();
                using var bridge = PythonNetBridge.Register();
                PythonEngine.BeginAllowThreads();
                Console.WriteLine(bridge.Interpreter.Import("mypkg.core").InvokeMethod<string>("process"));
                using (Py.GIL())
                {
                    dynamic names = Py.Import("names");
                    foreach (dynamic item in names.tell())
                    {
                        Console.WriteLine((string)item.ToString());
                    }

                    dynamic shared = Py.Import("main");
                    shared.run();
                    Console.WriteLine((string)Py.Import("shared_ns.thing2").InvokeMethod("thing").As<string>());
                }
                """);
        var lines = Shell.Run(app.Folder, ["dotnet", "run"], environment).Succeeds().Output.TrimEnd('\n').Split('\n');
        CollectionAssert.AreEquivalent(
            new[] { Greeting, "the embedded package", "ModuleObject", "2", "2026", "Thing One", "Thing Two", "Thing Two" },
            lines.Where(line => !line.Contains("shared_ns", StringComparison.Ordinal)).ToArray(), string.Join('\n', lines));

        app.With("py/names.py", "import clr, System, nowhere_to_be_found\n");
        app.Build().Fails().Says("error PYE1019: The module 'nowhere_to_be_found'").DoesNotSay("'clr'").DoesNotSay("'System'");
    }
}
