using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace PyEmbed.Tasks.Tests;

/// <summary>The task under an engine that only listens.</summary>
[TestClass]
public sealed class CollectPythonPackagesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Archives_come_out_as_resources_that_no_culture_claims()
    {
        string file = _folder.Write("py/a/m.py", "x = 1\n");
        CollectPythonPackages task = Task(new TaskItem(file, new Dictionary<string, string> { ["Distribution"] = "my.de" }));
        task.RecursiveDirs = ["|a/"];

        Assert.IsTrue(task.Execute(), string.Join('\n', _engine.Errors.Select(error => error.Message)));

        ITaskItem archive = Assert.ContainsSingle(task.Archives);
        Assert.AreEqual(_folder["obj/my.de.zip"], archive.ItemSpec);
        Assert.AreEqual("PyEmbed/my.de.zip", archive.GetMetadata("LogicalName"));
        Assert.AreEqual("false", archive.GetMetadata("WithCulture"));
        Assert.AreEqual(_folder["obj/PyEmbed.manifest"], task.Manifest!.ItemSpec);
        StringAssert.Contains(File.ReadAllText(_folder["obj/PyEmbed.manifest"]), "module\ta.m\tmodule");
    }

    [TestMethod]
    public void What_blocks_is_logged_with_code_and_file()
    {
        CollectPythonPackages task = Task(new TaskItem(_folder["nope"]));

        Assert.IsFalse(task.Execute());

        BuildErrorEventArgs error = Assert.ContainsSingle(_engine.Errors);
        Assert.AreEqual(("PYE1009", _folder["App.csproj"]), (error.Code, error.File));
        Assert.IsNull(task.Manifest);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void What_is_recorded_is_logged_only_where_no_generator_does(bool logs)
    {
        _folder.Write("py/bad.py", "x = )\n");
        _folder.Write("py/json.py", "");
        CollectPythonPackages task = Task(new TaskItem(_folder["py"]));
        task.LogDiagnostics = logs;

        Assert.AreEqual(!logs, task.Execute());

        CollectionAssert.AreEqual(logs ? new[] { "PYE1001 1 5" } : [], _engine.Errors.Select(error => $"{error.Code} {error.LineNumber} {error.ColumnNumber}").ToArray());
        CollectionAssert.AreEqual(logs ? new[] { "PYE1006" } : [], _engine.Warnings.Select(warning => warning.Code).ToArray());
    }

    [TestMethod]
    public void Items_in_package_folders_are_found_by_their_place()
    {
        _folder.Write("py/a/x.cs", "");
        _folder.Write("pyx/x.cs", "");
        var task = new FindItemsInPackageFolders
        {
            BuildEngine = _engine,
            Packages = [new TaskItem(_folder["py"]), new TaskItem(_folder["pyx/x.cs"])],
            RecursiveDirs = ["|", "|"],
            Compile = [new TaskItem(_folder["py/a/x.cs"]), new TaskItem(_folder["pyx/x.cs"])],
        };

        Assert.IsTrue(task.Execute());

        Assert.AreEqual(_folder["py/a/x.cs"], Assert.ContainsSingle(task.Compile).ItemSpec);
    }

    private CollectPythonPackages Task(params ITaskItem[] packages) => new()
    {
        BuildEngine = _engine,
        ProjectDirectory = _folder.Root,
        ProjectFile = _folder["App.csproj"],
        OutputDirectory = "obj/",
        AssemblyName = "App",
        Packages = packages,
    };
}
