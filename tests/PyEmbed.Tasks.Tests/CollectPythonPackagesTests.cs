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
    public void Items_of_packages_are_found_by_their_place()
    {
        _folder.Write("py/a/x.cs", "");
        _folder.Write("pyx/x.cs", "");
        _folder.Write("src/x.cs", "");
        _folder.Write("src/y.cs", "");
        var task = new FindItemsOfPackages
        {
            BuildEngine = _engine,
            Packages = [new TaskItem(_folder["py"]), new TaskItem(_folder["pyx/x.cs"])],
            RecursiveDirs = ["|", "|"],
            Compile = [new TaskItem(_folder["py/a/x.cs"]), new TaskItem(_folder["src/x.cs"]), new TaskItem(_folder["pyx/x.cs"])],
            None = [new TaskItem(_folder["src/y.cs"])],
        };

        Assert.IsTrue(task.Execute());

        CollectionAssert.AreEqual(new[] { _folder["py/a/x.cs"], _folder["pyx/x.cs"] }, task.Compile.Select(item => item.ItemSpec).ToArray());
        Assert.IsEmpty(task.None);
    }

    [TestMethod]
    public void The_files_of_packages_are_those_that_a_build_takes()
    {
        _folder.Write("py/a/m.py", "");
        _folder.Write("py/__pycache__/m.pyc", "");
        _folder.Write("py/obj/made.py", "");
        _folder.Write("one;50%.py", "");
        var task = new FindPackageFiles
        {
            BuildEngine = _engine,
            ProjectDirectory = _folder[""],
            Packages = [new TaskItem(_folder["py"]), new TaskItem(_folder["py/a/m.py"]), ItemPaths.ToItem(_folder["one;50%.py"]), new TaskItem(_folder["py/.#lock"])],
            ExcludedFolders = ["py/obj/", ""],
        };

        Assert.IsTrue(task.Execute());

        CollectionAssert.AreEquivalent(new[] { _folder["py/a/m.py"], _folder["one;50%.py"] }, task.Files.Select(item => item.ItemSpec).ToArray());
    }

    [TestMethod]
    public void The_files_that_problems_name_are_known_to_later_builds_too()
    {
        string bad = _folder.Write("py/bad.py", "x = )\n");
        _folder.Write("py/good.py", "x = 1\n");
        for (int i = 0; i < 2; i++)
        {
            CollectPythonPackages task = Task(new TaskItem(_folder["py"]));
            Assert.IsTrue(task.Execute());
            Assert.AreEqual(bad, Assert.ContainsSingle(task.Diagnosed).ItemSpec);
        }
    }

    [TestMethod]
    public void Of_the_files_that_problems_name_a_bounded_part_is_told_however_long_the_manifest()
    {
        string manifest = _folder.Write("PyEmbed.manifest", "pyembed-manifest 1\n"
            + string.Concat(Enumerable.Range(0, 5000).Select(i => $"module\tm{i:d5}\tmodule\tdiagnostic\n"))
            + string.Concat(Enumerable.Range(0, 200).Select(i => $"diagnostic\tPYE1001\terror\t/py/{i % 100}\\\\.py\t1\t1\t1\t1\tno\n")));

        IReadOnlyList<string> files = PyEmbed.Tasks.Output.DiagnosedFiles.Read(manifest, 50);

        Assert.HasCount(50, files);
        Assert.AreEqual("/py/0\\.py", files[0]);
        Assert.HasCount(100, PyEmbed.Tasks.Output.DiagnosedFiles.Read(manifest, 1000));
    }

    private CollectPythonPackages Task(params ITaskItem[] packages) => new()
    {
        BuildEngine = _engine,
        ProjectDirectory = _folder.Root,
        ProjectFile = _folder["App.csproj"],
        OutputDirectory = "obj/",
        CacheDirectory = "cache/",
        AssemblyName = "App",
        Packages = packages,
    };
}
