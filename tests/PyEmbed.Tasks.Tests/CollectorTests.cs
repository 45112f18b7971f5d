using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

[TestClass]
public sealed class CollectorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public CollectorTests()
    {
        _folder.Write("project/py/mypkg/__init__.py", "'''My package.'''\n");
        _folder.Write("project/py/mypkg/core.py", "'''Core.'''\ndef main():\n    '''Runs.'''\n");
        _folder.Write("project/py/mypkg/data/x.txt", "data");
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_first_run_makes_archive_and_manifest()
    {
        CollectResult result = Run(new CollectOptions { EntryPoints = [new EntryPointItem("mypkg.core:main")], Main = "mypkg.core" });

        Assert.IsFalse(result.WasCurrent);
        BuildManifest manifest = Manifest();
        ManifestTree tree = Assert.ContainsSingle(manifest.Trees);
        Assert.AreEqual(("App", "PyEmbed/App.zip", TreePlacement.App, "3.9"), (tree.Name, tree.Resource, tree.Placement, tree.MinimumPython));
        CollectionAssert.AreEqual(
            new[] { new ManifestModule("mypkg", ManifestModuleKind.Package, "My package."), new ManifestModule("mypkg.core", ManifestModuleKind.Module, "Core.") },
            manifest.Modules.ToArray());
        Assert.AreEqual(new ManifestEntryPoint("Main", "mypkg.core:main", "Runs."), Assert.ContainsSingle(manifest.EntryPoints));
        Assert.AreEqual("mypkg.core", manifest.Main);
        Assert.IsEmpty(manifest.Diagnostics);
        ArchiveReader archive = Archive();
        Assert.AreEqual(tree.Hash, archive.Hash);
        Assert.IsTrue(archive.TryFind("mypkg/data/x.txt", out _));
        Assert.HasCount(2, archive.ReadFolder("mypkg/__pycache__"));
        Assert.IsEmpty(Directory.GetDirectories(_folder["obj"]), "the spool is gone");
    }

    [TestMethod]
    public void Without_a_change_nothing_is_done()
    {
        Run();
        DateTime[] before = Times();

        CollectResult second = Run();

        Assert.IsTrue(second.WasCurrent);
        Assert.AreEqual(_folder["obj/App.zip"], Assert.ContainsSingle(second.Archives).Path);
        CollectionAssert.AreEqual(before, Times());
    }

    [TestMethod]
    [DataRow("change")]
    [DataRow("add")]
    [DataRow("delete")]
    [DataRow("rename")]
    [DataRow("data")]
    public void Every_kind_of_change_gives_what_a_clean_build_gives(string kind)
    {
        Run();
        string hash = Archive().Hash;
        string core = _folder["project/py/mypkg/core.py"];
        switch (kind)
        {
            case "change": File.WriteAllText(core, "from .. import nothing\nfrom ... import more\n"); break;
            case "add": _folder.Write("project/py/mypkg/sub/new.py", "x = __file__\n"); break;
            case "delete": File.Delete(core); break;
            case "rename": File.Move(core, _folder["project/py/mypkg/other.py"]); break;
            default: _folder.Write("project/py/mypkg/data/x.txt", "other data"); break;
        }

        Assert.IsFalse(Run().WasCurrent);
        byte[] incremental = File.ReadAllBytes(_folder["obj/App.zip"]);
        string manifest = File.ReadAllText(_folder["obj/PyEmbed.manifest"]);
        Assert.AreNotEqual(hash, Archive().Hash);
        Directory.Delete(_folder["obj"], recursive: true);
        Run();

        CollectionAssert.AreEqual(File.ReadAllBytes(_folder["obj/App.zip"]), incremental);
        Assert.AreEqual(File.ReadAllText(_folder["obj/PyEmbed.manifest"]), manifest);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_change_behind_a_link_is_a_change()
    {
        _folder.Write("shared/real.py", "x = 1\n");
        File.CreateSymbolicLink(_folder["shared/link.py"], "real.py");
        File.CreateSymbolicLink(_folder["project/py/mypkg/linked.py"], _folder["shared/link.py"]);
        Run();
        string hash = Archive().Hash;

        _folder.Write("shared/real.py", "x = 1234\n");

        Assert.IsFalse(Run().WasCurrent);
        Assert.AreNotEqual(hash, Archive().Hash);
    }

    [TestMethod]
    public void A_new_time_without_a_new_content_leaves_the_outputs_alone()
    {
        Run();
        DateTime archive = File.GetLastWriteTimeUtc(_folder["obj/App.zip"]);
        File.SetLastWriteTimeUtc(_folder["project/py/mypkg/core.py"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.IsFalse(Run().WasCurrent);
        Assert.AreEqual(archive, File.GetLastWriteTimeUtc(_folder["obj/App.zip"]));
    }

    [TestMethod]
    [DataRow("App.zip")]
    [DataRow("PyEmbed.manifest")]
    public void A_lost_or_damaged_output_is_made_again(string name)
    {
        Run();
        string path = _folder["obj/" + name];
        byte[] good = File.ReadAllBytes(path);

        File.Delete(path);
        Run();
        CollectionAssert.AreEqual(good, File.ReadAllBytes(path));

        File.WriteAllBytes(path, [1, 2, 3]);
        Run();
        CollectionAssert.AreEqual(good, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void A_distribution_that_is_no_more_leaves_no_archive()
    {
        PackageItem other = new(_folder["project/py"], Distribution: "other");
        Run(new CollectOptions { Packages = [other] });
        Assert.IsTrue(File.Exists(_folder["obj/other.zip"]));

        Run();

        Assert.IsFalse(File.Exists(_folder["obj/other.zip"]));
    }

    [TestMethod]
    public void Broken_files_are_errors_in_the_project_and_warnings_elsewhere()
    {
        _folder.Write("project/py/bad.py", "def\n");
        _folder.Write("site/broken.py", "def\n");

        Run(new CollectOptions { Packages = [new(_folder["project/py"]), new(_folder["site"], Distribution: "site")] });

        CollectionAssert.AreEqual(
            new[] { $"PYE1001:Error:{_folder["project/py/bad.py"]}:1", $"PYE1001:Warning:{_folder["site/broken.py"]}:1" },
            Manifest().Diagnostics.Select(problem => $"{problem.Id}:{problem.Severity}:{problem.File}:{problem.Line}").ToArray());
        Assert.IsTrue(Archive().TryFind("bad.py", out _), "the source is packed all the same");
    }

    [TestMethod]
    public void Own_modules_are_named_also_beside_files_from_elsewhere()
    {
        _folder.Write("elsewhere/helper.py", "");

        Run(new CollectOptions { Packages = [new(_folder["elsewhere"])] });

        Assert.AreEqual(TreePlacement.Library, Assert.ContainsSingle(Manifest().Trees).Placement);
        CollectionAssert.AreEqual(new[] { "mypkg", "mypkg.core" }, Manifest().Modules.Select(module => module.Name).ToArray());
    }

    [TestMethod]
    public void A_glob_below_a_missing_folder_is_found_also_where_all_else_is_current()
    {
        Run();
        _folder.Write("project/App.csproj", """<Project><ItemGroup><PythonPackage Include="nope/**" /></ItemGroup></Project>""");

        Assert.AreEqual("PYE1009", Assert.ContainsSingle(Run().Blocking).Id);
        Assert.AreEqual("PYE1009", Assert.ContainsSingle(Run().Blocking).Id);
    }

    [TestMethod]
    public void Uses_of_file_are_noted_by_module()
    {
        _folder.Write("project/py/mypkg/sub/deep.py", "x = __file__\n");
        _folder.Write("project/py/top.py", "import os\nx = [os.listdir(m.__path__[0]) for m in ()]\n");
        _folder.Write("project/py/plain.py", "x = 1\n");

        Run();

        CollectionAssert.AreEquivalent(
            new Dictionary<string, FileUse> { ["mypkg/sub/deep.py"] = FileUse.OwnPlace, ["top.py"] = FileUse.OtherPlaces | FileUse.Code }.ToArray(),
            Archive().Info.FileUsers!.ToArray());
    }

    [TestMethod]
    public void Without_a_python_the_sources_are_packed_and_one_warning_says_so()
    {
        CollectResult result = Run(searchPath: _folder["nowhere"]);

        Assert.IsEmpty(result.Blocking);
        ManifestDiagnostic problem = Assert.ContainsSingle(Manifest().Diagnostics);
        Assert.AreEqual(("PYE1012", ManifestSeverity.Warning), (problem.Id, problem.Severity));
        Assert.IsTrue(Archive().TryFind("mypkg/core.py", out _));
        Assert.IsFalse(Archive().Folders.Contains("mypkg/__pycache__"));
        Assert.IsTrue(Run(searchPath: _folder["nowhere"]).WasCurrent);
        Assert.IsFalse(Run().WasCurrent, "a python that is there now checks the files");
    }

    [TestMethod]
    public void A_python_that_the_project_names_must_be_there()
    {
        Run();

        CollectResult result = Run(new CollectOptions { Python = "3.99" });

        ManifestDiagnostic problem = Assert.ContainsSingle(result.Blocking);
        Assert.AreEqual("PYE1014", problem.Id);
        StringAssert.Contains(problem.Message, "python3.99");
        Assert.AreEqual("PYE1014", Assert.ContainsSingle(Run(new CollectOptions { Python = "3.99" }).Blocking).Id, "a failed build fails again");
        Assert.IsFalse(Run().WasCurrent);
    }

    [TestMethod]
    public void Bytecode_can_be_left_out()
    {
        Run(new CollectOptions { Bytecode = "none" });
        Assert.IsFalse(Archive().Folders.Contains("mypkg/__pycache__"));

        Run(new CollectOptions { Bytecode = "auto" });
        Assert.IsTrue(Archive().Folders.Contains("mypkg/__pycache__"));

    }

    [TestMethod]
    [DataRow("Bytecode", "yes", "none of auto, none, found, nor a list of versions")]
    [DataRow("Bytecode", "3.11;x", "none of auto, none, found, nor a list of versions")]
    [DataRow("Bytecode", ";", "PyEmbedBytecode ';' is a list without a version")]
    [DataRow("Bytecode", "3.8", "CPython 3.8; 3.9 or newer is needed")]
    [DataRow("Optimize", "3", "PyEmbedOptimize '3' is none of 0, 1, 2")]
    [DataRow("Source", "Keep", "PyEmbedSource 'Keep' is none of Include, Strip")]
    [DataRow("Compression", "Zip", "PyEmbedCompression 'Zip' is none of None, Deflate")]
    public void A_property_with_a_value_that_is_none_is_named(string property, string value, string message)
    {
        CollectOptions options = property switch
        {
            "Bytecode" => new() { Bytecode = value },
            "Optimize" => new() { Optimize = value },
            "Source" => new() { Source = value },
            _ => new() { Compression = value },
        };

        ManifestDiagnostic problem = Assert.ContainsSingle(Run(options).Blocking);

        Assert.AreEqual("PYE1014", problem.Id);
        StringAssert.Contains(problem.Message, message);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("gone.py")]
    [DataRow("gone.txt")]
    [DataRow("gone.txt", "gone.txt")]
    public void A_file_that_cannot_be_read_is_named_and_nothing_is_half_made(string name, string target = "nowhere")
    {
        File.CreateSymbolicLink(_folder["project/py/" + name], target);

        CollectResult result = Run();

        ManifestDiagnostic problem = Assert.ContainsSingle(result.Blocking);
        Assert.AreEqual(("PYE1010", _folder["project/py/" + name]), (problem.Id, problem.File));
        Assert.IsFalse(Directory.Exists(_folder["obj"]) && Directory.GetFiles(_folder["obj"]).Length > 0);
    }

    [TestMethod]
    public void What_the_caller_reports_comes_again_from_a_run_with_nothing_to_do()
    {
        _folder.Write("project/py/bad.py", "def\n");
        var options = new CollectOptions { ReportsProblems = true };

        CollectResult first = Run(options);
        CollectResult second = Run(options);

        Assert.IsFalse(first.WasCurrent);
        Assert.IsTrue(second.WasCurrent);
        Assert.AreEqual(Assert.ContainsSingle(first.Recorded), Assert.ContainsSingle(second.Recorded));
    }

    [TestMethod]
    public void A_cancelled_run_ends_as_one()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => new Collector(Options(new CollectOptions()), TestPythons.SearchPath).Run(cancelled.Token));
        Assert.IsFalse(Run().WasCurrent);
    }

    [TestMethod]
    public void A_design_time_build_writes_names_once_and_starts_nothing()
    {
        var collector = new Collector(Options(new CollectOptions { Python = "3.99" }), "");

        collector.RunForNames();
        Assert.AreEqual(2, Manifest().Modules.Count);
        _folder.Write("project/py/more.py", "");
        collector.RunForNames();

        Assert.AreEqual(2, Manifest().Modules.Count);
        CollectionAssert.AreEqual(new[] { _folder["obj/PyEmbed.manifest"] }, Directory.GetFiles(_folder["obj"]));
        Run();
        Assert.AreEqual(3, Manifest().Modules.Count);
    }

    private CollectResult Run(CollectOptions? options = null, string? searchPath = null) =>
        new Collector(Options(options ?? new CollectOptions()), searchPath ?? TestPythons.SearchPath).Run(CancellationToken.None);

    private CollectOptions Options(CollectOptions options) => options with
    {
        ProjectDirectory = _folder["project"],
        ProjectFile = _folder["project/App.csproj"],
        OutputDirectory = _folder["obj"],
        CacheDirectory = _folder["cache"],
        AssemblyName = "App",
        Packages = [new(_folder["project/py"]), .. options.Packages],
    };

    private BuildManifest Manifest() => ManifestTextReader.Read(File.ReadAllText(_folder["obj/PyEmbed.manifest"]));

    private ArchiveReader Archive() => ArchiveReader.Open(new MemoryStream(File.ReadAllBytes(_folder["obj/App.zip"])), "App.zip");

    private DateTime[] Times() => Directory.GetFiles(_folder["obj"]).Order().Select(File.GetLastWriteTimeUtc).ToArray();
}
