namespace PyEmbed.EndToEnd;

/// <summary>
/// An application and a library with trees, in each form that the SDK publishes. What is published runs elsewhere, with the sources
/// gone, and does what forms of publishing may break: imports from both assemblies, data as resources and as files, a worker process.
/// </summary>
[TestClass]
public class PublishingTests
{
    private static readonly string[] s_output =
    [
        "from the library", "from the library embedded embedded", "the worker worked",
        "App: app, app.program, app.tasks", "Lib: inner, inner.word", "application's resource",
    ];

    // Any finding of the analyses of trimming, single files and AOT in the application, in what PyEmbed generates there and, when
    // trimmed, in PyEmbed itself fails the build.
    private const string Strict = """
        <OutputType>Exe</OutputType>
        <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
        <EnableTrimAnalyzer>true</EnableTrimAnalyzer>
        <EnableAotAnalyzer>true</EnableAotAnalyzer>
        <EnableSingleFileAnalyzer>true</EnableSingleFileAnalyzer>
        <TrimmerSingleWarn>false</TrimmerSingleWarn>
        """;

    private const string Items = """
        <PythonPackage Include="py/**" />
        <PythonEntryPoint Include="app.program:main" />
        <EmbeddedResource Include="note.txt" LogicalName="note" />
        <ProjectReference Include="../lib/Lib.csproj" />
        """;

    private static TestProject App()
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        new TestProject("Lib", Path.Combine(folder, "lib")).WithProject("", """<PythonPackage Include="py" />""")
            .With("py/inner/__init__.py", "").With("py/inner/word.py", "WORD = 'from the library'\n");
        return new TestProject("App", Path.Combine(folder, "app")).WithProject(Strict, Items)
            .With("note.txt", "application's resource")
            .With("py/app/__init__.py", "")
            .With("py/app/data.txt", "embedded")
            .With("py/app/tasks.py", """
                import os
                from inner.word import WORD

                def work():
                    with open(os.path.join(os.path.dirname(__file__), 'data.txt')) as file:
                        return WORD, file.read(), os.getpid()
                """)
            .With("py/app/program.py", """
                import concurrent.futures, importlib.resources, multiprocessing, os
                from app import tasks

                def main():
                    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context('spawn')) as executor:
                        word, data, worker = executor.submit(tasks.work).result()
                    print(word, data, importlib.resources.files('app').joinpath('data.txt').read_text())
                    print('the worker worked' if worker != os.getpid() else 'no worker')
                """)
            .With("Program.cs", """
                using App;
                using PyEmbed;

                using var python = PythonInterpreter.Start();
                Console.WriteLine(python.Import("inner.word").GetAttribute("WORD").As<string>());
                PythonEntryPoints.Main(python);
                foreach (var mount in python.Describe().Mounts.Where(mount => mount.Distribution != "pyembed"))
                {
                    Console.WriteLine($"{mount.Distribution}: {string.Join(", ", mount.Modules.Order(StringComparer.Ordinal))}");
                }

                using var note = new StreamReader(typeof(PythonEntryPoints).Assembly.GetManifestResourceStream("note")!);
                Console.WriteLine(note.ReadToEnd());
                """);
    }

    [TestMethod]
    public void Everything_at_once_one_trimmed_compressed_and_compiled_file() =>
        PublishesAndRuns("-p:SelfContained=true -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true");

    [TestMethod]
    [ExtendedRun]
    [DataRow("")]
    [DataRow("-p:SelfContained=true")]
    [DataRow("-p:PublishSingleFile=true")]
    [DataRow("-p:PublishSingleFile=true -p:SelfContained=true")]
    [DataRow("-p:PublishSingleFile=true -p:SelfContained=true -p:EnableCompressionInSingleFile=true")]
    [DataRow("-p:PublishSingleFile=true -p:SelfContained=true -p:IncludeAllContentForSelfExtract=true")]
    [DataRow("-p:PublishSingleFile=true -p:SelfContained=true -p:PublishTrimmed=true")]
    [DataRow("-p:PublishSingleFile=true -p:PublishReadyToRun=true")]
    [DataRow("-p:PublishReadyToRun=true")]
    [DataRow("-p:PublishReadyToRun=true -p:PublishReadyToRunComposite=true -p:SelfContained=true -p:PublishTrimmed=true")]
    [DataRow("-p:PublishTrimmed=true -p:SelfContained=true -p:TrimMode=partial")]
    [DataRow("-p:PublishTrimmed=true -p:SelfContained=true -p:TrimMode=full -p:InvariantGlobalization=true -p:DebugType=embedded")]
    [DataRow("-p:PublishTrimmed=true -p:SelfContained=true -p:UseSystemResourceKeys=true -p:EventSourceSupport=false -p:DebugType=none")]
    [DataRow("-p:InvariantGlobalization=true -p:SatelliteResourceLanguages=de -p:GenerateDocumentationFile=true -p:NoWarn=CS1591 -p:DebugType=none")]
    [DataRow("-p:PublishSingleFile=true -p:DebugType=embedded")]
    public void Each_form_runs_elsewhere_with_the_sources_gone(string form) => PublishesAndRuns(form);

    [TestMethod]
    public void What_was_built_is_published_without_building_and_a_second_publish_changes_nothing()
    {
        var app = App();
        app.Build("-c", "Release", "-p:Version=1.2.3").Succeeds();

        // Neither a compiler nor an interpreter would find it as it was built.
        Directory.Move(Path.Combine(app.Folder, "py"), Path.Combine(app.Folder, "py-moved"));
        var elsewhere = Path.Combine(app.Folder, "..", "else where") + Path.DirectorySeparatorChar;
        app.Dotnet("publish", "--no-build", "--nologo", "-c", "Release", "-p:Version=1.2.3", $"-p:PublishDir={elsewhere}").Succeeds();
        Directory.Move(Path.Combine(app.Folder, "py-moved"), Path.Combine(app.Folder, "py"));

        var published = Times(elsewhere);
        app.Dotnet("publish", "--nologo", "-v:n", "-tl:off", "-c", "Release", "-p:Version=1.2.3", $"-p:PublishDir={elsewhere}").Succeeds().DoesNotSay("/noconfig");
        CollectionAssert.AreEqual(published, Times(elsewhere));
        RunsElsewhere(app, elsewhere);
    }

    /// <summary>Without it, the strict builds of the other tests would prove nothing.</summary>
    [TestMethod]
    public void The_analyses_are_at_work_in_these_projects()
    {
        var app = App().With("Unsafe.cs", """
            static class Unsafe
            {
                public static object? Any(string name) => Array.CreateInstance(Type.GetType(name)!, 1);
                public static string Place() => typeof(Unsafe).Assembly.Location;
            }
            """);
        app.Build().Fails().Says("error IL2057").Says("error IL3050").Says("error IL3000").DoesNotSay("PyEmbed.");
    }

    private static string[] Times(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {File.GetLastWriteTimeUtc(file):O}").ToArray();

    private static void PublishesAndRuns(string form)
    {
        var app = App();
        var target = Path.Combine(app.Folder, "out");
        string[] properties = form.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] contained = properties.Contains("-p:SelfContained=true") ? [] : ["-p:SelfContained=false"];
        var result = app.Dotnet(["publish", "--nologo", "-tl:off", "-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, "-o", target, .. contained, .. properties]);
        foreach (var tool in new[] { "Microsoft.NET.ILLink.Tasks", "Microsoft.NETCore.App.Crossgen2", "Microsoft.NETCore.App.Runtime" })
        {
            if (result.ExitCode != 0 && result.Text.Split('\n').Any(line => line.Contains(": error NU", StringComparison.Ordinal) && line.Contains(tool, StringComparison.Ordinal)))
            {
                Assert.Inconclusive($"{tool}, which this form needs, cannot be restored here.");
            }
        }

        result.Succeeds().DoesNotSay("warning");
        var isSingle = properties.Contains("-p:PublishSingleFile=true");
        Assert.AreEqual(isSingle, !File.Exists(Path.Combine(target, "App.dll")), form);
        if (!isSingle)
        {
            // The trimmer writes IL only.
            var isCompiled = properties.Contains("-p:PublishReadyToRun=true") || (NativeCodeTests.IsPacked && !properties.Contains("-p:PublishTrimmed=true"));
            Assert.AreEqual(isCompiled, NativeCodeTests.IsCompiled(Path.Combine(target, "PyEmbed.dll")), form);
        }

        RunsElsewhere(app, target);
    }

    private static void RunsElsewhere(TestProject app, string published)
    {
        var solution = Path.GetDirectoryName(app.Folder)!;
        var home = Directory.CreateDirectory(solution + "-home").FullName;
        Assert.IsEmpty(Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".py" or ".pyc" or ".zip" or ".txt" or ".manifest").ToArray());
        Directory.Move(published, Path.Combine(home, "moved"));
        Directory.Delete(solution, recursive: true);
        var environment = new Dictionary<string, string?> { ["HOME"] = home, ["XDG_CACHE_HOME"] = Path.Combine(home, "cache") };
        Shell.Run("/", [Path.Combine(home, "moved", "App")], environment).Succeeds().Prints(s_output);
    }
}
