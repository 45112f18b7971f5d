using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Trees;

[TestClass]
public sealed class TreeBuilderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ProblemList _problems = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_globs_fixed_part_is_the_root()
    {
        string file = _folder.Write("project/py/mypkg/sub/m.py", "");

        PythonTree tree = BuildOne(new PackageItem(file, RecursiveDir: Path.Combine("mypkg", "sub") + Path.DirectorySeparatorChar));

        CollectionAssert.AreEqual(new[] { "mypkg/sub/m.py" }, Paths(tree));
    }

    [TestMethod]
    public void A_root_is_never_a_package()
    {
        _folder.Write("project/src/top/__init__.py", "");
        _folder.Write("project/src/top/pkg/__init__.py", "");
        string file = _folder.Write("project/src/top/pkg/a/m.py", "");

        PythonTree tree = BuildOne(
            new PackageItem(file, RecursiveDir: "a" + Path.DirectorySeparatorChar),
            new PackageItem(_folder["project/src/top/pkg/__init__.py"]));

        CollectionAssert.AreEquivalent(new[] { "top/pkg/a/m.py", "top/pkg/__init__.py" }, Paths(tree));
    }

    [TestMethod]
    public void A_folder_is_its_own_root_unless_it_is_a_package()
    {
        _folder.Write("project/py/a/m.py", "");
        _folder.Write("project/other/pkg/__init__.py", "");

        PythonTree tree = BuildOne(new PackageItem(_folder["project/py"]), new PackageItem(_folder["project/other/pkg/"]));

        CollectionAssert.AreEquivalent(new[] { "a/m.py", "pkg/__init__.py" }, Paths(tree));
    }

    [TestMethod]
    public void Metadata_folders_keep_their_name()
    {
        _folder.Write("site/x-1.0.dist-info/METADATA", "Name: x\n");

        PythonTree tree = BuildOne(new PackageItem(_folder["site/x-1.0.dist-info"]));

        CollectionAssert.AreEqual(new[] { "x-1.0.dist-info/METADATA" }, Paths(tree));
    }

    [TestMethod]
    public void What_an_installer_unpacked_in_the_projects_folder_is_the_code_of_others()
    {
        _folder.Write("project/site/x/m.py", "");
        _folder.Write("project/site/x-1.0.dist-info/METADATA", "Name: x\n");
        _folder.Write("project/py/own.py", "");
        _folder.Write("project/py/own.egg-info/PKG-INFO", "Name: own\n");
        _folder.Write("project/py/_vendor/y-1.0.dist-info/METADATA", "Name: y\n");

        PythonTree tree = BuildOne(new PackageItem(_folder["project/site"]), new PackageItem(_folder["project/py"]));

        CollectionAssert.AreEquivalent(
            new[] { "x/m.py", "x-1.0.dist-info/METADATA" }, tree.Files.Where(file => !file.IsOwn).Select(file => file.Path).ToArray());
        Assert.IsTrue(tree.Files.All(file => file.InProject));
        Assert.AreEqual(TreePlacement.App, tree.Placement);
    }

    [TestMethod]
    public void Root_overrides_what_is_inferred()
    {
        string file = _folder.Write("project/a/b/m.py", "");

        PythonTree tree = BuildOne(new PackageItem(file, Root: "."));

        CollectionAssert.AreEqual(new[] { "a/b/m.py" }, Paths(tree));
    }

    [TestMethod]
    public void An_item_outside_its_root_is_named()
    {
        string file = _folder.Write("project/a/m.py", "");
        _folder.Write("project/ab/m.py", "");

        Build(new PackageItem(file, Root: "ab"));

        AssertBlocked("PYE1008", "outside their module root");
    }

    [TestMethod]
    public void A_missing_file_or_folder_is_named()
    {
        Build(new PackageItem(_folder["project/nope"]));

        AssertBlocked("PYE1009", _folder["project/nope"]);
    }

    [TestMethod]
    [DataRow("py/pkg/__pycache__/m.cpython-311.pyc")]
    [DataRow("py/pkg/m.pyc")]
    [DataRow("py/pkg/m.pyo")]
    [DataRow("py/.git/config")]
    [DataRow("py/.hg/x")]
    [DataRow("py/.svn/x")]
    [DataRow("py/.idea/x.py")]
    [DataRow("py/.vs/x.py")]
    [DataRow("py/.vscode/x.py")]
    [DataRow("py/.mypy_cache/x.py")]
    [DataRow("py/.pytest_cache/x.py")]
    [DataRow("py/.ruff_cache/x.py")]
    [DataRow("py/.tox/x.py")]
    [DataRow("py/.venv/x.py")]
    [DataRow("py/m.py~")]
    [DataRow("py/.m.py.swp")]
    [DataRow("py/.DS_Store")]
    [DataRow("py/.#m.py")]
    [DataRow("py/bin/Debug/x.py")]
    [DataRow("py/env/lib/x.py")]
    public void Caches_and_editors_files_stay_out(string path)
    {
        string file = _folder.Write("project/" + path, "");
        _folder.Write("project/py/env/pyvenv.cfg", "");
        string keep = _folder.Write("project/py/keep.py", "");
        string recursiveDir = Path.GetRelativePath(_folder["project/py"], Path.GetDirectoryName(file)!) is var below and not "." ? below + Path.DirectorySeparatorChar : "";

        PythonTree byFolder = BuildOne(new PackageItem(_folder["project/py"]));
        PythonTree byGlob = BuildOne(new PackageItem(file, recursiveDir, Root: "py"), new PackageItem(keep));

        CollectionAssert.AreEqual(new[] { "keep.py" }, Paths(byFolder));
        CollectionAssert.AreEqual(new[] { "keep.py" }, Paths(byGlob));
    }

    [TestMethod]
    public void The_files_of_a_project_below_an_excluded_name_are_taken()
    {
        _folder.Write(".venv/project/py/m.py", "");
        PythonTree tree = BuildOne(new PackageItem(_folder[".venv/project/py"]));

        CollectionAssert.AreEqual(new[] { "m.py" }, Paths(tree));
    }

    [TestMethod]
    public void The_projects_own_files_stand_before_the_standard_library_and_others_after_it()
    {
        _folder.Write("project/py/m.py", "");
        _folder.Write("site/x.py", "");

        IReadOnlyList<PythonTree> trees = Build(
            new PackageItem(_folder["project/py"]), new PackageItem(_folder["site"], Distribution: "x"), new PackageItem(_folder["project/py"], Distribution: "x"));

        CollectionAssert.AreEqual(
            new[] { "My-App:App", "x:Library" }, trees.Select(tree => $"{tree.Distribution}:{tree.Placement}").ToArray());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-x")]
    [DataRow("a/b")]
    [DataRow("../x")]
    [DataRow("ä")]
    public void A_bad_distribution_is_refused(string name)
    {
        _folder.Write("project/py/m.py", "");

        Build(new PackageItem(_folder["project/py"], Distribution: name.Length == 0 ? "." : name));

        AssertBlocked("PYE1016", "cannot be a distribution's name");
    }

    [TestMethod]
    public void Distributions_that_differ_in_case_are_refused()
    {
        _folder.Write("project/py/m.py", "");

        Build(new PackageItem(_folder["project/py"], Distribution: "Abc"), new PackageItem(_folder["project/py"], Distribution: "abc"));

        AssertBlocked("PYE1016", "'Abc' and 'abc'");
    }

    [TestMethod]
    public void Materialize_is_read_and_checked()
    {
        _folder.Write("project/py/m.py", "");

        Assert.AreEqual(MaterializeMode.Data, BuildOne(new PackageItem(_folder["project/py"], Materialize: "data")).Materialize);
        Assert.AreEqual(MaterializeMode.Auto, BuildOne(new PackageItem(_folder["project/py"])).Materialize);
        Build(new PackageItem(_folder["project/py"], Materialize: "Some"));
        AssertBlocked("PYE1014", "none of Auto, Never, Data, All");
    }

    [TestMethod]
    public void One_distribution_has_one_materialize()
    {
        _folder.Write("project/py/m.py", "");

        Build(new PackageItem(_folder["project/py"], Materialize: "All"), new PackageItem(_folder["project/py"], Materialize: "Never"));

        AssertBlocked("PYE1014", "one value only");
    }

    [TestMethod]
    public void A_file_that_two_items_name_is_there_once()
    {
        string file = _folder.Write("project/py/m.py", "");

        CollectionAssert.AreEqual(new[] { "m.py" }, Paths(BuildOne(new PackageItem(_folder["project/py"]), new PackageItem(file))));
    }

    [TestMethod]
    public void Two_files_for_one_place_must_be_equal()
    {
        _folder.Write("project/a/m.py", "x = 1");
        _folder.Write("project/b/m.py", "x = 1");
        CollectionAssert.AreEqual(new[] { "m.py" }, Paths(BuildOne(new PackageItem(_folder["project/a"]), new PackageItem(_folder["project/b"]))));

        _folder.Write("project/b/m.py", "x = 2");
        Build(new PackageItem(_folder["project/a"]), new PackageItem(_folder["project/b"]));
        AssertBlocked("PYE1004", _folder["project/a/m.py"]);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Linked_folders_are_followed_but_not_in_circles()
    {
        _folder.Write("project/py/pkg/m.py", "");
        _folder.Write("elsewhere/data.txt", "");
        Directory.CreateSymbolicLink(_folder["project/py/pkg/loop"], "..");
        Directory.CreateSymbolicLink(_folder["project/py/pkg/self"], ".");
        Directory.CreateSymbolicLink(_folder["project/py/pkg/data"], _folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["elsewhere/back"], _folder["project/py"]);
        Directory.CreateSymbolicLink(_folder["elsewhere/again"], _folder["elsewhere"]);

        CollectionAssert.AreEquivalent(new[] { "pkg/m.py", "pkg/data/data.txt" }, Paths(BuildOne(new PackageItem(_folder["project/py"]))));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_name_that_no_archive_can_hold_is_refused()
    {
        _folder.Write("project/py/a\\b.py", "");

        Build(new PackageItem(_folder["project/py"]));

        AssertBlocked("PYE1008", "backslash");
    }

    private static string[] Paths(PythonTree tree) => tree.Sorted().Files.Select(file => file.Path).ToArray();

    private IReadOnlyList<PythonTree> Build(params PackageItem[] items) => new TreeBuilder(
        new CollectOptions
        {
            ProjectDirectory = _folder["project"],
            ProjectFile = _folder["project/App.csproj"],
            AssemblyName = "My App",
            ExcludedFolders = ["py/bin/"],
        },
        [],
        _problems).Build(items);

    private PythonTree BuildOne(params PackageItem[] items)
    {
        PythonTree tree = Assert.ContainsSingle(Build(items));
        Assert.IsEmpty(_problems.Blocking, string.Join(", ", _problems.Blocking));
        return tree;
    }

    private void AssertBlocked(string id, string part)
    {
        ManifestDiagnostic problem = Assert.ContainsSingle(_problems.Blocking);
        Assert.AreEqual(id, problem.Id);
        StringAssert.Contains(problem.Message, part);
    }
}
