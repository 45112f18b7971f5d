using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Checks;

[TestClass]
public sealed class EntryPointChecksTests
{
    private static readonly TreeFile s_main = new("pkg/__main__.py", "/p/pkg/__main__.py", 0, 0, true);
    private static readonly TreeFile s_init = new("pkg/__init__.py", "/p/pkg/__init__.py", 0, 0, true);
    private static readonly TreeFile s_tool = new("ns/tool.py", "/p/ns/tool.py", 0, 0, true);

    private static readonly TreeFile s_half = new("half/tool.py", "/p/half/tool.py", 0, 0, true);

    private static readonly TreeFile s_scripts = new("pkg-1.dist-info/entry_points.txt", "/p/pkg-1.dist-info/entry_points.txt", 0, 0, true);

    private static readonly Dictionary<string, ModuleRule> s_excluded = new()
    {
        ["pkg.left"] = new ModuleRule(ModuleRuleAction.RecursiveExclude, "pkg.left"),
        ["out.__main__"] = new ModuleRule(ModuleRuleAction.ExcludeAll, ModuleRule.Root),
        ["half"] = new ModuleRule(ModuleRuleAction.Exclude, "half"),
        ["half.__main__"] = new ModuleRule(ModuleRuleAction.Exclude, "half.__main__"),
    };

    private readonly ProblemList _problems = new();

    [TestMethod]
    [DataRow("pkg.__main__:main", "", "Main")]
    [DataRow("pkg.__main__:run_all_things", "", "RunAllThings")]
    [DataRow("pkg.__main__:Cls.method", "", "Method")]
    [DataRow("pkg.__main__:main", "Go", "Go")]
    public void A_good_reference_gets_a_method(string reference, string name, string method)
    {
        ManifestEntryPoint entry = Assert.ContainsSingle(Resolve(new EntryPointItem(reference, name)));

        Assert.AreEqual(new ManifestEntryPoint(method, reference, reference.EndsWith(":main", StringComparison.Ordinal) ? "Runs." : ""), entry);
        Assert.IsEmpty(_problems.Recorded);
    }

    [TestMethod]
    [DataRow("pkg.__main__", "not of the form")]
    [DataRow("pkg.__main__:", "not of the form")]
    [DataRow(":main", "not of the form")]
    [DataRow("pkg:a:b", "not of the form")]
    [DataRow("pkg.2:main", "not of the form")]
    [DataRow("pkg.none:main", "which no PythonPackage item has")]
    [DataRow("ns:main", "namespace package")]
    [DataRow("half:main", "the PythonModuleRule 'exclude half' leaves out")]
    [DataRow("pkg.left:main", "the PythonModuleRule 'recursive-exclude pkg.left' leaves out; add a rule 'include pkg.left' after it")]
    [DataRow("out.__main__:main", "the PythonModuleRule 'exclude-all' leaves out")]
    [DataRow("pkg.__main__:gone", "does not define")]
    public void A_bad_reference_is_recorded(string reference, string part)
    {
        Resolve(new EntryPointItem(reference));

        AssertRecorded(part);
    }

    [TestMethod]
    public void A_name_must_be_one()
    {
        Assert.IsEmpty(Resolve(new EntryPointItem("pkg.__main__:main", "not a name")));

        AssertRecorded("cannot be a method's name");
    }

    [TestMethod]
    [DataRow("pkg.__main__:main")]
    [DataRow("pkg.__main__:perhaps")]
    [DataRow("pkg")]
    [DataRow("ns.tool")]
    [DataRow("pkg.__main__")]
    public void Main_runs_a_function_or_a_module(string reference)
    {
        Assert.AreEqual(reference, Checks().ResolveMain(reference, Answers()));
        Assert.IsEmpty(_problems.Recorded);
    }

    [TestMethod]
    [DataRow("ns", "without '__main__.py'")]
    [DataRow("half", "the PythonModuleRule 'exclude half.__main__' leaves out")]
    [DataRow("pkg.left", "the PythonModuleRule 'recursive-exclude pkg.left' leaves out")]
    [DataRow("ns.none", "which no PythonPackage item has")]
    [DataRow("pkg.none:main", "which no PythonPackage item has")]
    [DataRow("pkg.__main__:gone", "does not define")]
    [DataRow("no good", "neither of the form")]
    public void A_bad_main_is_recorded(string reference, string part)
    {
        Checks().ResolveMain(reference, Answers());

        AssertRecorded(part);
    }

    [TestMethod]
    [DataRow("library.tool")]
    [DataRow("library:main")]
    public void What_a_reference_may_bring_is_a_warning(string reference)
    {
        Assert.AreEqual(reference, Checks().ResolveMain(reference, Answers()));

        AssertRecorded("not checked", ManifestSeverity.Warning);
    }

    [TestMethod]
    public void The_interpreter_is_asked_for_what_is_referred_to()
    {
        Dictionary<TreeFile, SortedSet<string>> wanted = Checks(Script("run", "pkg.__main__:third"), Script("bad", "")).WantedAttributes(new CollectOptions
        {
            EntryPoints = [new EntryPointItem("pkg.__main__:main"), new EntryPointItem("nonsense")],
            Main = "pkg.__main__:other",
        });

        Assert.AreEqual(s_main, wanted.Keys.Single());
        CollectionAssert.AreEqual(new[] { "main", "other", "third" }, wanted[s_main].ToArray());
    }

    [TestMethod]
    [DataRow("pkg", "Pkg")]
    [DataRow("pkg-build", "PkgBuild")]
    [DataRow("py.test", "PyTest")]
    [DataRow("pip3.11", "Pip311")]
    [DataRow("2to3", "2to3")]
    [DataRow("run_it", "RunIt")]
    public void A_console_script_gets_a_method(string script, string method)
    {
        ManifestEntryPoint entry = Assert.ContainsSingle(Checks(Script(script)).Resolve(new CollectOptions(), Answers()));

        Assert.AreEqual(new ManifestEntryPoint(method, "pkg.__main__:main", "Runs.", script), entry);
        Assert.IsEmpty(_problems.Recorded);
    }

    [TestMethod]
    public void Entry_points_come_first_and_a_script_that_is_the_same_method_is_not_repeated()
    {
        ConsoleScript[] scripts = [Script("run"), Script("go", "pkg:other"), Script("go", "pkg:other"), Script("again")];

        IReadOnlyList<ManifestEntryPoint> entries = Checks(scripts).Resolve(
            new CollectOptions { EntryPoints = [new("pkg.__main__:main", "Go"), new("pkg.__main__:main", "Run")] }, Answers());

        CollectionAssert.AreEqual(
            new[] { "Go pkg.__main__:main ", "Run pkg.__main__:main ", "Go pkg:other go", "Again pkg.__main__:main again" },
            entries.Select(entry => $"{entry.MethodName} {entry.Reference} {entry.Script}").ToArray());
    }

    [TestMethod]
    [DataRow("", "not of the form 'name = package.module:function'", "Warning")]
    [DataRow("pkg.none:main", "no PythonPackage item has its module 'pkg.none'", "Warning")]
    [DataRow("pkg.__main__:gone", "its module 'pkg.__main__' does not define 'gone'", "Warning")]
    [DataRow("pkg.left:main", "the PythonModuleRule 'recursive-exclude pkg.left' leaves its module 'pkg.left' out", "Info")]
    public void A_script_without_its_function_is_no_method_and_recorded(string reference, string part, string severity)
    {
        Assert.IsEmpty(Checks(Script("run", reference)).Resolve(new CollectOptions(), Answers()));

        ManifestDiagnostic problem = Assert.ContainsSingle(_problems.Recorded);
        Assert.AreEqual(("PYE1022", severity, s_scripts.FullPath, 7), (problem.Id, problem.Severity.ToString(), problem.File, problem.Line));
        StringAssert.Contains(problem.Message, part);
    }

    [TestMethod]
    public void Where_methods_cannot_be_there_are_none_for_scripts()
    {
        EntryPointChecks checks = Checks(Script("run"), Script("bad", ""));

        Assert.IsEmpty(checks.Resolve(new CollectOptions { ScriptMethods = false }, Answers()));
        Assert.IsEmpty(_problems.Recorded);
        Assert.AreEqual("pkg.__main__:main", checks.ResolveMain("run", Answers()));
    }

    [TestMethod]
    public void A_script_that_nobody_here_can_mend_is_information()
    {
        var outside = new ConsoleScript("run", "none:main", s_scripts with { InProject = false }, 1);

        Checks(outside).Resolve(new CollectOptions(), Answers());

        Assert.AreEqual(ManifestSeverity.Info, Assert.ContainsSingle(_problems.Recorded).Severity);
    }

    [TestMethod]
    [DataRow("pkg-run", "pkg.__main__:main")]
    [DataRow("ns", "pkg.__main__:main")]
    [DataRow("pkg", "pkg")]
    [DataRow("ns.tool", "ns.tool")]
    public void Main_runs_a_console_script_where_no_module_of_its_name_can_be_run(string name, string main)
    {
        Assert.AreEqual(main, Checks(Script(name)).ResolveMain(name, Answers()));
        Assert.IsEmpty(_problems.Recorded);
    }

    [TestMethod]
    public void Main_cannot_run_a_console_script_without_its_function()
    {
        Checks(Script("pkg-run", "pkg.__main__:gone")).ResolveMain("pkg-run", Answers());

        AssertRecorded("names a console script that cannot be called: its module 'pkg.__main__' does not define 'gone'");
    }

    private static Dictionary<TreeFile, FileAnalysis> Answers() => new()
    {
        [s_main] = new FileAnalysis
        {
            Attributes =
            [
                new AnalyzedAttribute("main", AttributeState.Yes, "Runs."),
                new AnalyzedAttribute("gone", AttributeState.No, ""),
                new AnalyzedAttribute("perhaps", AttributeState.Unknown, ""),
            ],
        },
    };

    private EntryPointChecks Checks(params ConsoleScript[] scripts)
    {
        var tree = new PythonTree("d", TreePlacement.App, MaterializeMode.Auto, [s_main, s_init, s_tool, s_half]);
        return new(new ProjectModules([tree], s_excluded), scripts, "/p/App.csproj", _problems);
    }

    private static ConsoleScript Script(string name, string reference = "pkg.__main__:main") => new(name, reference, s_scripts, 7);

    private List<ManifestEntryPoint> Resolve(EntryPointItem item) => [.. Checks().Resolve(new CollectOptions { EntryPoints = [item] }, Answers())];

    private void AssertRecorded(string part, ManifestSeverity severity = ManifestSeverity.Error)
    {
        ManifestDiagnostic problem = Assert.ContainsSingle(_problems.Recorded);
        Assert.AreEqual(("PYE1013", severity), (problem.Id, problem.Severity));
        Assert.AreEqual("/p/App.csproj", problem.File);
        StringAssert.Contains(problem.Message, part);
    }
}
