namespace PyEmbed.EndToEnd;

/// <summary>Builds that have nothing to do, of an application that references a library with trees.</summary>
[TestClass]
public class NoOpBuildTests
{
    // Part of the compiler's command line, which a build shows where it runs it.
    private const string Compiler = "/noconfig";

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void A_build_that_changes_nothing_runs_neither_python_nor_the_compiler()
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName())).FullName;
        var python = Path.Combine(folder, "recording-python");
        var ran = Path.Combine(folder, "ran");
        File.WriteAllText(python, $"#!/bin/sh\necho ran >>'{ran}'\nexec python3 \"$@\"\n");
        Shell.Run(folder, ["chmod", "+x", python]).Succeeds();
        const string Properties = "<PyEmbedPython>../recording-python</PyEmbedPython>";
        var lib = new TestProject("Lib", Path.Combine(folder, "lib")).WithProject(Properties, """<PythonPackage Include="py" />""")
            .With("py/inner/__init__.py", "").With("py/inner/word.py", "WORD = 'inner'\n");
        var app = new TestProject("App", Path.Combine(folder, "app"))
            .WithProject(
                Properties + "<OutputType>Exe</OutputType><PyEmbedEntryPoint>app</PyEmbedEntryPoint>",
                """<PythonPackage Include="py/**" /><ProjectReference Include="../lib/Lib.csproj" />""")
            .With("py/app/__init__.py", "").With("py/app/__main__.py", "import inner.word\nprint(inner.word.WORD)\n");

        app.Build("-v:n").Succeeds().Says(Compiler);
        Assert.IsTrue(File.Exists(ran));
        File.Delete(ran);
        string[] outputs = Outputs(folder);

        app.Build("-v:n", "--no-restore").Succeeds().DoesNotSay(Compiler);
        CollectionAssert.AreEqual(outputs, Outputs(folder));

        // As after switching to a branch and back: the same contents with new times, older or newer.
        foreach (var file in Directory.EnumerateFiles(folder, "*.py", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(file.Contains("__init__", StringComparison.Ordinal) ? -1 : 1));
        }

        app.Build("-v:n", "--no-restore").Succeeds().DoesNotSay(Compiler);
        CollectionAssert.AreEqual(outputs, Outputs(folder));
        Assert.IsFalse(File.Exists(ran), "Python ran.");

        // The compiler's inputs are MSBuild's to name, and the project's file is one; the trees do not change by it.
        byte[] assembly = File.ReadAllBytes(Path.Combine(app.Folder, "bin", "Debug", "net10.0", "App.dll"));
        File.SetLastWriteTimeUtc(Path.Combine(app.Folder, app.ProjectFile), DateTime.UtcNow);
        File.SetLastWriteTimeUtc(Path.Combine(lib.Folder, lib.ProjectFile), DateTime.UtcNow);
        app.Build("--no-restore").Succeeds();
        CollectionAssert.AreEqual(Archives(outputs), Archives(Outputs(folder)));
        CollectionAssert.AreEqual(assembly, File.ReadAllBytes(Path.Combine(app.Folder, "bin", "Debug", "net10.0", "App.dll")));
        Assert.IsFalse(File.Exists(ran), "Python ran.");
        app.Dotnet("run", "--no-build").Succeeds().Prints("inner");
    }

    private static string[] Archives(string[] outputs) => outputs.Where(output => output.Contains(".zip ", StringComparison.Ordinal)).ToArray();

    private static string[] Outputs(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".zip" or ".manifest" or ".dll" or ".pdb")
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}")
        .ToArray();
}
