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
        Dictionary<TreeFile, SortedSet<string>> wanted = Checks().WantedAttributes(new CollectOptions
        {
            EntryPoints = [new EntryPointItem("pkg.__main__:main"), new EntryPointItem("nonsense")],
            Main = "pkg.__main__:other",
        });

        Assert.AreEqual(s_main, wanted.Keys.Single());
        CollectionAssert.AreEqual(new[] { "main", "other" }, wanted[s_main].ToArray());
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

    private EntryPointChecks Checks() =>
        new([new PythonTree("d", TreePlacement.App, MaterializeMode.Auto, [s_main, s_init, s_tool, s_half])], s_excluded, "/p/App.csproj", _problems);

    private List<ManifestEntryPoint> Resolve(EntryPointItem item) => Checks().Resolve([item], Answers()).ToList();

    private void AssertRecorded(string part, ManifestSeverity severity = ManifestSeverity.Error)
    {
        ManifestDiagnostic problem = Assert.ContainsSingle(_problems.Recorded);
        Assert.AreEqual(("PYE1013", severity), (problem.Id, problem.Severity));
        Assert.AreEqual("/p/App.csproj", problem.File);
        StringAssert.Contains(problem.Message, part);
    }
}
