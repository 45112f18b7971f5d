using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace PyEmbed.Tasks.Tests.References;

[TestClass]
public sealed class ResolveEmbeddedAssembliesTests : IDisposable
{
    private readonly TestAssemblies _assemblies = new();
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _assemblies.Dispose();

    [TestCleanup]
    public void No_task_warns() => Assert.IsEmpty(_engine.Warnings);

    [TestMethod]
    public void References_of_a_framework_are_skipped()
    {
        byte[] archive = TestAssemblies.Archive("a", "a.py");
        var framework = new TaskItem(_assemblies.Carrier("Framework", ("f", archive)), new Dictionary<string, string> { ["FrameworkReferenceName"] = "Microsoft.NETCore.App" });
        var package = new TaskItem(_assemblies.Carrier("Package", ("p", archive)), new Dictionary<string, string> { ["NuGetPackageId"] = "Package" });
        ResolveEmbeddedAssemblies task = MakeTask(framework, package);
        Assert.IsTrue(task.Execute());
        CollectionAssert.AreEqual(new[] { "Package" }, task.Assemblies);
    }

    [TestMethod]
    public void Paths_are_relative_to_the_projects_folder()
    {
        _assemblies.File("own.zip", TestAssemblies.Archive("own", "own.py"));
        ResolveEmbeddedAssemblies task = MakeTask();
        task.OwnTrees = [new TaskItem("own.zip")];
        Assert.IsTrue(task.Execute());
        CollectionAssert.AreEqual(new[] { "App" }, task.Assemblies);
        Assert.IsTrue(File.Exists(Path.Combine(_assemblies.Folder, "obj", "references", "PyEmbed.manifest")));
        Assert.IsTrue(File.Exists(Path.Combine(_assemblies.Folder, "obj", "references", "PyEmbed.state")));
    }

    [TestMethod]
    public void Conflicts_are_logged_where_no_generator_runs_at_every_build()
    {
        var a = new TaskItem(_assemblies.Carrier("A", ("a", TestAssemblies.Archive("a", "m.py"))));
        var b = new TaskItem(_assemblies.Carrier("B", ("b", TestAssemblies.Archive("b", "m.py", "n.py"))));
        Assert.IsTrue(MakeTask(a, b).Execute());
        Assert.IsEmpty(_engine.Errors);

        for (int build = 1; build <= 2; build++)
        {
            ResolveEmbeddedAssemblies task = MakeTask(a, b);
            task.LogDiagnostics = true;
            Assert.IsFalse(task.Execute());
            Assert.HasCount(build, _engine.Errors);
            Assert.AreEqual("PYE1011", _engine.Errors[^1].Code);
            Assert.AreEqual(Path.Combine(_assemblies.Folder, "App.csproj"), _engine.Errors[^1].File);
        }
    }

    [TestMethod]
    [DataRow("numpy, scipy")]
    [DataRow("a-b")]
    [DataRow("mod:name")]
    public void Ignored_imports_that_no_module_can_have_are_named(string name)
    {
        _assemblies.File("App.csproj", "<Project><PropertyGroup>\n  <PyEmbedIgnoredImports>x</PyEmbedIgnoredImports></PropertyGroup></Project>"u8.ToArray());
        ResolveEmbeddedAssemblies task = MakeTask();
        task.IgnoredImports = ["numpy", " scipy.* ", "*", "\u00e4.b_1", name];
        Assert.IsFalse(task.Execute());
        BuildErrorEventArgs error = Assert.ContainsSingle(_engine.Errors);
        Assert.AreEqual(("PYE1014", 2), (error.Code, error.LineNumber));
        StringAssert.Contains(error.Message, $"PyEmbedIgnoredImports has '{name}'");
    }

    [TestMethod]
    public void An_output_that_cannot_be_written_is_an_error_that_names_the_folder()
    {
        _assemblies.File("obj", [1]);
        Assert.IsFalse(MakeTask().Execute());
        Assert.Contains(Path.Combine(_assemblies.Folder, "obj", "references"), _engine.Errors.Single().Message!);
    }

    private ResolveEmbeddedAssemblies MakeTask(params ITaskItem[] references) => new()
    {
        BuildEngine = _engine,
        References = references,
        OwnAssemblyName = "App",
        ProjectFile = Path.Combine(_assemblies.Folder, "App.csproj"),
        ManifestFile = "obj/references/PyEmbed.manifest",
        StateFile = "obj/references/PyEmbed.state",
    };
}
