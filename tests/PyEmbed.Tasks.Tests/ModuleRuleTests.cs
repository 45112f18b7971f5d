using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

/// <summary>What rules do to a build.</summary>
[TestClass]
public sealed class ModuleRuleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ModuleRuleTests()
    {
        _folder.Write("project/App.csproj", "<Project />");
        _folder.Write("project/py/a/__init__.py", "");
        _folder.Write("project/py/a/b.py", "");
        _folder.Write("project/py/a/tests/__init__.py", "");
        _folder.Write("project/py/a/tests/bad.py", "def\n");
        _folder.Write("project/py/a/tests/data/x.txt", "data");
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void What_rules_leave_out_is_neither_checked_nor_packed_nor_named()
    {
        Assert.AreEqual("PYE1001", Assert.ContainsSingle(Run().Recorded).Id);

        CollectResult result = Run("recursive-exclude a.tests");

        Assert.IsEmpty(result.Recorded);
        CollectionAssert.AreEquivalent(new[] { "", "a", "a/__pycache__" }, Archive().Folders.ToArray());
        CollectionAssert.AreEqual(new[] { "a", "a.b" }, Manifest().Modules.Select(module => module.Name).ToArray());
    }

    [TestMethod]
    public void A_changed_rule_or_order_makes_the_archives_again_and_the_same_rules_do_not()
    {
        Run("recursive-exclude a.tests", "include a.tests.bad");
        Assert.IsTrue(Archive().TryFind("a/tests/bad.py", out _));
        Assert.IsTrue(Run("recursive-exclude a.tests", "include a.tests.bad").WasCurrent);

        Assert.IsFalse(Run("include a.tests.bad", "recursive-exclude a.tests").WasCurrent);
        Assert.IsFalse(Archive().TryFind("a/tests/bad.py", out _));

        Assert.IsFalse(Run("include a.tests.bad", "exclude a.tests").WasCurrent);
        Assert.IsFalse(Run("exclude a.tests").WasCurrent);
        Assert.IsFalse(Run().WasCurrent);
        Assert.IsTrue(Archive().TryFind("a/tests/__init__.py", out _));
    }

    [TestMethod]
    [DataRow("drop a", "The PythonModuleRule 'a' has the Action 'drop'; there are")]
    [DataRow("exclude a-b", "The PythonModuleRule 'a-b' has no module's name")]
    [DataRow("exclude-all a", "about all modules")]
    [DataRow("exclude .", "about one module")]
    [DataRow(" a", "has no Action")]
    public void A_rule_that_is_none_blocks(string rule, string part)
    {
        CollectResult result = Run("exclude a.b", rule);

        ManifestDiagnostic problem = Assert.ContainsSingle(result.Blocking);
        Assert.AreEqual(("PYE1020", "/rules.props"), (problem.Id, problem.File));
        StringAssert.Contains(problem.Message, part);
        Assert.IsFalse(File.Exists(_folder["obj/App.zip"]));
    }

    [TestMethod]
    [DataRow("exclude b", "This project's trees have no such module")]
    [DataRow("include ns", "use recursive-include")]
    public void A_rule_that_matches_nothing_is_a_warning_in_each_manifest(string rule, string part)
    {
        _folder.Write("project/py/ns/m.py", "");

        Run("exclude nowhere", "exclude-all .", "recursive-include a.b", rule);

        ManifestDiagnostic problem = Assert.ContainsSingle(Manifest().Diagnostics);
        Assert.AreEqual(("PYE1021", ManifestSeverity.Warning, "/rules.props"), (problem.Id, problem.Severity, problem.File));
        StringAssert.StartsWith(problem.Message, $"The PythonModuleRule '{rule}' matches nothing. ");
        StringAssert.Contains(problem.Message, part);
    }

    [TestMethod]
    public void A_rule_that_no_longer_matches_is_noticed_though_the_trees_are_the_same()
    {
        string file = _folder.Write("project/py/c.py", "");
        Run("exclude c", "recursive-exclude a.tests");
        File.Delete(file);

        Assert.AreEqual("PYE1021", Assert.ContainsSingle(Run("exclude c", "recursive-exclude a.tests").Recorded).Id);
    }

    [TestMethod]
    [DataRow("*")]
    [DataRow("a.*; ?")]
    public void A_wildcard_in_the_project_file_is_found_though_the_engine_expands_it(string include)
    {
        _folder.Write("project/App.csproj", $"""<Project><ItemGroup><PythonModuleRule Include="{include}" Action="exclude" /></ItemGroup></Project>""");

        ManifestDiagnostic problem = Run().Blocking[0];
        Assert.AreEqual("PYE1020", problem.Id);
        StringAssert.Contains(problem.Message, "wildcard");
    }

    [TestMethod]
    public void An_entry_point_into_what_is_left_out_names_the_rule()
    {
        Run(new CollectOptions { EntryPoints = [new EntryPointItem("a.b:main")], Main = "a.tests.bad" }, "recursive-exclude a");

        Assert.HasCount(2, Manifest().Diagnostics);
        Assert.IsTrue(Manifest().Diagnostics.All(problem => problem.Id == "PYE1013" && problem.Severity == ManifestSeverity.Error && problem.Message.Contains("the PythonModuleRule 'recursive-exclude a' leaves out", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void What_is_left_out_can_be_there_twice_and_unreadable()
    {
        _folder.Write("other/a/b.py", "x = 'another'\n");
        File.CreateSymbolicLink(_folder["project/py/a/tests/link.py"], "nowhere");
        var both = new CollectOptions { Packages = [new PackageItem(_folder["other"])] };
        Assert.AreEqual("PYE1004", Run(both).Blocking[0].Id);
        Assert.AreEqual("PYE1010", Run(both, "exclude a.b").Blocking[0].Id);

        CollectResult result = Run(both, "exclude a.b", "recursive-exclude a.tests");

        Assert.IsEmpty(result.Blocking);
        Assert.AreEqual(TreePlacement.App, Assert.ContainsSingle(Manifest().Trees).Placement, "nothing from elsewhere is left");
    }

    [TestMethod]
    public void A_distribution_of_which_nothing_is_left_has_no_archive()
    {
        _folder.Write("other/c.py", "");
        var two = new CollectOptions { Packages = [new PackageItem(_folder["other"], Distribution: "other")] };
        Run(two);
        Assert.IsTrue(File.Exists(_folder["obj/other.zip"]));

        Run(two, "exclude c");

        Assert.IsFalse(File.Exists(_folder["obj/other.zip"]));
        Assert.AreEqual("App", Assert.ContainsSingle(Manifest().Trees).Name);
    }

    [TestMethod]
    public void A_design_time_build_honours_rules()
    {
        new Collector(Options(new CollectOptions(), ["recursive-exclude a.tests"]), "").RunForNames();

        CollectionAssert.AreEqual(new[] { "a", "a.b" }, Manifest().Modules.Select(module => module.Name).ToArray());
    }

    private CollectResult Run(params string[] rules) => Run(new CollectOptions(), rules);

    private CollectResult Run(CollectOptions options, params string[] rules) => new Collector(Options(options, rules), TestPythons.SearchPath).Run(CancellationToken.None);

    private CollectOptions Options(CollectOptions options, string[] rules) => options with
    {
        ProjectDirectory = _folder["project"],
        ProjectFile = _folder["project/App.csproj"],
        OutputDirectory = _folder["obj"],
        CacheDirectory = _folder["cache"],
        AssemblyName = "App",
        Packages = [new(_folder["project/py"]), .. options.Packages],
        Rules = rules.Select(rule => rule.Split(' ')).Select(words => new RuleItem(words.Length > 1 ? words[1] : ".", words[0], "/rules.props")).ToList(),
    };

    private BuildManifest Manifest() => ManifestTextReader.Read(File.ReadAllText(_folder["obj/PyEmbed.manifest"]));

    private ArchiveReader Archive() => ArchiveReader.Open(new MemoryStream(File.ReadAllBytes(_folder["obj/App.zip"])), "App.zip");
}
