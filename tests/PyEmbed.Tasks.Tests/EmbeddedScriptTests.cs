using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Tests;

/// <summary>What console scripts of embedded distributions become in a manifest.</summary>
[TestClass]
public sealed class EmbeddedScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public EmbeddedScriptTests()
    {
        _folder.Write("project/App.csproj", "<Project />");
        _folder.Write("project/py/mine.py", "def main():\n    '''Mine.'''\n");
        _folder.Write("site/tool/__init__.py", "");
        _folder.Write("site/tool/cli.py", "class Cli:\n    @classmethod\n    def main(cls):\n        '''Runs the tool.'''\n");
        _folder.Write("site/tool-1.0.dist-info/entry_points.txt", "[console_scripts]\ntool-run = tool.cli:Cli.main\nold = tool.old:main\n");
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_build_makes_methods_with_docstrings_and_says_where_there_is_none()
    {
        Run(new CollectOptions { EntryPoints = [new EntryPointItem("mine:main", "ToolRun")], Main = "tool-run" });

        CollectionAssert.AreEqual(
            new ManifestEntryPoint[] { new("ToolRun", "mine:main", "Mine."), new("ToolRun", "tool.cli:Cli.main", "Runs the tool.", "tool-run") },
            Manifest().EntryPoints.ToArray());
        Assert.AreEqual("tool.cli:Cli.main", Manifest().Main);
        ManifestDiagnostic problem = Assert.ContainsSingle(Manifest().Diagnostics);
        Assert.AreEqual(("PYE1022", ManifestSeverity.Info, _folder["site/tool-1.0.dist-info/entry_points.txt"], 3), (problem.Id, problem.Severity, problem.File, problem.Line));
    }

    [TestMethod]
    public void A_changed_declaration_is_a_change_also_where_no_python_file_is_touched()
    {
        Run(new CollectOptions());
        Assert.IsTrue(Run(new CollectOptions()).WasCurrent);
        _folder.Write("site/tool-1.0.dist-info/entry_points.txt", "[console_scripts]\nother = tool.cli:Cli\n");

        Assert.IsFalse(Run(new CollectOptions()).WasCurrent);

        Assert.AreEqual(new ManifestEntryPoint("Other", "tool.cli:Cli", "", "other"), Assert.ContainsSingle(Manifest().EntryPoints));
    }

    [TestMethod]
    public void A_design_time_build_names_entry_points_without_an_interpreter()
    {
        new Collector(Options(new CollectOptions { EntryPoints = [new EntryPointItem("mine:main")], Main = "tool-run" }), "").RunForNames();

        CollectionAssert.AreEqual(
            new ManifestEntryPoint[] { new("Main", "mine:main", ""), new("ToolRun", "tool.cli:Cli.main", "", "tool-run") },
            Manifest().EntryPoints.ToArray());
        Assert.AreEqual("tool.cli:Cli.main", Manifest().Main);
        Assert.IsEmpty(Manifest().Diagnostics);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void An_unreadable_declaration_blocks_a_build_and_leaves_a_design_time_build_without_names()
    {
        File.Delete(_folder["site/tool-1.0.dist-info/entry_points.txt"]);
        File.CreateSymbolicLink(_folder["site/tool-1.0.dist-info/entry_points.txt"], "nowhere");

        Assert.AreEqual("PYE1010", Assert.ContainsSingle(Run(new CollectOptions()).Blocking).Id);
        Assert.IsNull(new Collector(Options(new CollectOptions()), "").RunForNames().Manifest);
    }

    private CollectResult Run(CollectOptions options) => new Collector(Options(options), TestPythons.SearchPath).Run(CancellationToken.None);

    private CollectOptions Options(CollectOptions options) => options with
    {
        ProjectDirectory = _folder["project"],
        ProjectFile = _folder["project/App.csproj"],
        OutputDirectory = _folder["obj"],
        CacheDirectory = _folder["cache"],
        AssemblyName = "App",
        Packages = [new(_folder["project/py"]), new(_folder["site"], Distribution: "tool")],
    };

    private BuildManifest Manifest() => ManifestTextReader.Read(File.ReadAllText(_folder["obj/PyEmbed.manifest"]));
}
