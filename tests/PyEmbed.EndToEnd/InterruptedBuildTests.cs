using System.Diagnostics;
using System.Security.Cryptography;

namespace PyEmbed.EndToEnd;

/// <summary>Builds that are killed, with the compiler and the interpreters that they started. The next build gives what a clean one gives.</summary>
[TestClass]
public class InterruptedBuildTests
{
    private const int Modules = 150;

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void After_a_killed_build_the_next_one_equals_a_clean_one() => KillBuilds(moments: 2);

    [TestMethod]
    [ExtendedRun]
    [OSCondition(OperatingSystems.Linux)]
    public void After_builds_killed_at_twenty_moments_each_next_one_equals_a_clean_one() => KillBuilds(moments: 20);

    private static void KillBuilds(int moments)
    {
        var random = new Random(20);
        var app = App();
        app.Dotnet("restore").Succeeds();
        var clock = Stopwatch.StartNew();
        Edit(app, 0);
        app.Build("--no-restore").Succeeds();
        var duration = clock.Elapsed;
        var cleanBuilds = new Dictionary<int, string[]> { [0] = Outputs(app) };
        Clean(app);
        Edit(app, 1);
        app.Build("--no-restore").Succeeds();
        cleanBuilds[1] = Outputs(app);
        CollectionAssert.AreNotEqual(cleanBuilds[0], cleanBuilds[1]);

        for (int i = 0; i < moments; i++)
        {
            // In turn: a clean build, and one after an edit; at any time, and while trees are collected and compiled.
            bool fromScratch = i % 3 == 0;
            bool whileCollecting = i % 2 == 0;
            if (fromScratch)
            {
                Clean(app);
            }

            Edit(app, i % 2);
            var delay = duration * (random.NextDouble() * (whileCollecting ? 0.5 : 1));
            Shell.RunUntilKilled(app.Folder, ["dotnet", "build", "--nologo", "-tl:off", "--no-restore"], build =>
            {
                // Without a state the trees are being collected, or the build never came so far.
                bool Collects() => Directory.Exists(Intermediate(app)) && Directory.GetFiles(Intermediate(app), "PyEmbed.state", SearchOption.AllDirectories).Length < 2;
                while (whileCollecting && !build.HasExited && !Collects())
                {
                    Thread.Sleep(1);
                }

                build.WaitForExit(delay);
            });
            app.Build("--no-restore").Succeeds();
            CollectionAssert.AreEqual(cleanBuilds[i % 2], Outputs(app), $"moment {i}, {delay} {(whileCollecting ? "after the start of collecting" : "after the start")}");
        }
    }

    private static TestProject App()
    {
        var app = new TestProject("App").WithProject(
            "<OutputType>Exe</OutputType><EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>",
            """<PythonPackage Include="py" /><PythonPackage Include="data" Distribution="data" /><PythonEntryPoint Include="app.m000:main" />""")
            .With("Program.cs", "System.Console.WriteLine();").With("data/table/values.csv", string.Join('\n', Enumerable.Range(0, 20_000)));
        for (int i = 0; i < Modules; i++)
        {
            app.With($"py/app/m{i:000}.py", $"'''Module {i}.'''\n\ndef main():\n    return {{'a', 'b', 'c'}} & {{{i}}}\n");
        }

        return app;
    }

    private static void Edit(TestProject app, int variant) => app.With("py/app/edited.py", $"def edited():\n    return 'variant' * {variant}\n")
        .With("data/table/edited.txt", new string((char)('a' + variant), 100_000));

    private static string Intermediate(TestProject app) => Path.Combine(app.Folder, "obj", "Debug", "net10.0", "pyembed");

    private static void Clean(TestProject app)
    {
        foreach (var folder in new[] { "bin", Path.Combine("obj", "Debug") })
        {
            Directory.Delete(Path.Combine(app.Folder, folder), recursive: true);
        }
    }

    /// <summary>What is shipped or compiled: name and hash of each file, without what only the next build reads.</summary>
    private static string[] Outputs(TestProject app) => Directory.EnumerateFiles(app.Folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(app.Folder, file))
        .Where(file => file.StartsWith("bin", StringComparison.Ordinal)
            || Path.GetFileName(file) is "App.dll" or "App.pdb"
            || (file.StartsWith("obj", StringComparison.Ordinal) && Path.GetExtension(file) is ".zip" or ".manifest" or ".cs"))
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(app.Folder, file))))}")
        .ToArray();
}
