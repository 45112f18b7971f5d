using System.Text.Json;
using System.Text.RegularExpressions;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed partial class GraphCommandTests
{
    private static readonly (string, string)[] Files =
    [
        ("p/__init__.py", "from . import a\n"),
        ("p/a.py", "import json, numpy\nfrom p.gone import x\nfrom .sub import b\nif TYPE_CHECKING:\n    import p.c\n"),
        ("p/c.py", "def f():\n    from . import a\n"),
        ("p/sub/b.py", "try:\n    import p\nexcept ImportError:\n    pass\n"),
        ("p/data.txt", "import nothing\n"),
    ];

    [TestMethod]
    public void A_line_names_who_imports_whom()
    {
        ProcessResult result = InstalledTool.Run("graph", InstalledTool.Sample("HelloPackage")).Succeeds();

        result.Prints("mypkg.__main__\tmypkg.core\ttop-level\t1\ttree", "mypkg.core\tmypkg.utils\ttop-level\t1\ttree");
        Assert.AreEqual("", result.Error);
    }

    [TestMethod]
    public void Cycles_are_named_and_kinds_told()
    {
        ProcessResult result = InstalledTool.Run("graph", Assembly(Files)).Succeeds();

        result.Prints(
            "p\tp.a\ttop-level\t1\ttree", "p.a\tp.sub.b\ttop-level\t3\ttree", "p.a\tp.c\ttype-checking\t5\ttree", "p.c\tp.a\tfunction\t2\ttree", "p.sub.b\tp\tconditional\t2\ttree");
        Assert.AreEqual("pyembed: import cycle: p -> p.a -> p.sub.b -> p\n", result.Error);
    }

    [TestMethod]
    public void Modules_outside_are_marked() => InstalledTool.Run("graph", Assembly(Files), "--external", "--package", "p.a").Succeeds().Prints(
        "p.a\tjson\ttop-level\t1\tstandard-library",
        "p.a\tnumpy\ttop-level\t1\tthird-party",
        "p.a\tp.gone\ttop-level\t2\tmissing",
        "p.a\tp.sub.b\ttop-level\t3\ttree",
        "p.a\tp.c\ttype-checking\t5\ttree");

    [TestMethod]
    public void A_package_that_is_not_there_is_named()
    {
        ProcessResult result = InstalledTool.Run("graph", Assembly(Files), "--package", "p.suu").Exits(1);

        Assert.AreEqual("", result.Output);
        Assert.Contains("'p.suu'", result.Error);
    }

    [TestMethod]
    public void Json_has_modules_imports_and_cycles()
    {
        ProcessResult result = InstalledTool.Run("graph", "--json", "--external", Assembly(Files)).Succeeds();

        Assert.AreEqual("", result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.AreEqual(1, root.GetProperty("formatVersion").GetInt32());
        CollectionAssert.AreEqual(
            new[] { "p package", "p.a module", "p.c module", "p.sub namespace", "p.sub.b module" },
            root.GetProperty("modules").EnumerateArray().Select(item => $"{item.GetProperty("name")} {item.GetProperty("kind")}").ToArray());
        Assert.AreEqual("assembly:/App.dll/my-pkg.zip", root.GetProperty("modules")[0].GetProperty("tree").GetString());
        Assert.AreEqual(8, root.GetProperty("imports").GetArrayLength());
        JsonElement missing = root.GetProperty("imports").EnumerateArray().Single(item => item.GetProperty("place").GetString() == "missing");
        Assert.AreEqual("p.a p.gone top-level 2", $"{missing.GetProperty("importer")} {missing.GetProperty("imported")} {missing.GetProperty("kind")} {missing.GetProperty("line")}");
        JsonElement cycle = root.GetProperty("cycles").EnumerateArray().Single();
        CollectionAssert.AreEqual(new[] { "p", "p.a", "p.sub.b" }, cycle.GetProperty("modules").EnumerateArray().Select(item => item.GetString()).ToArray());
        CollectionAssert.AreEqual(new[] { "p", "p.a", "p.sub.b", "p" }, cycle.GetProperty("path").EnumerateArray().Select(item => item.GetString()).ToArray());
    }

    [TestMethod]
    public void Dot_has_a_node_a_module_and_an_edge_an_import()
    {
        string[] lines = InstalledTool.Run("graph", "--dot", "--external", Assembly(Files, "quo\"te\\n")).Succeeds().Output.TrimEnd('\n').Split('\n');

        Assert.AreEqual("digraph \"quo\\\"te\\\\n.dll\" {", lines[0]);
        Assert.AreEqual("}", lines[^1]);
        foreach (string line in lines[1..^1])
        {
            Assert.MatchesRegex(DotStatement(), line);
        }

        Assert.HasCount(8, lines.Where(line => line.Contains("->", StringComparison.Ordinal)));
        CollectionAssert.Contains(lines, "    \"p\" [shape=folder];");
        CollectionAssert.Contains(lines, "    \"p.gone\" [style=dashed, color=red];");
        CollectionAssert.Contains(lines, "    \"p.sub.b\" -> \"p\" [style=dashed, color=red];");
        CollectionAssert.Contains(lines, "    \"p.c\" -> \"p.a\" [style=dotted];");
    }

    [TestMethod]
    public void Graphviz_takes_the_dot()
    {
        string folder = InstalledTool.NewFolder();
        if (OperatingSystem.IsWindows() || Shell.Run(folder, ["sh", "-c", "command -v dot"]).ExitCode != 0)
        {
            Assert.Inconclusive("There is no Graphviz ('dot') here.");
        }

        string dot = Path.Combine(folder, "graph.dot");
        File.WriteAllText(dot, InstalledTool.Run("graph", "--dot", "--external", Assembly(Files, "quo\"te\\n")).Succeeds().Output);

        Shell.Run(folder, ["dot", "-Tplain", dot]).Succeeds().Says("edge p p.a").Says("edge p.sub.b p");
    }

    [TestMethod]
    public void Of_several_trees_the_first_that_has_a_module_counts()
    {
        string path = new SampleAssembly("Both")
            .With("one", SampleAssembly.Archive("one", [("p/__init__.py", "import p.late\n"), ("ns/a.py", "import ns.b\n")]))
            .With("two", SampleAssembly.Archive("two", [("p/__init__.py", "import other\n"), ("p/late.py", ""), ("ns/b.py", "import ns.a\n"), ("other.py", "import p\n")]))
            .Save(InstalledTool.NewFolder());

        ProcessResult result = InstalledTool.Run("graph", path, "--external").Succeeds();

        result.Prints("ns.a\tns.b\ttop-level\t1\ttree", "ns.b\tns.a\ttop-level\t1\ttree", "other\tp\ttop-level\t1\ttree", "p\tp.late\ttop-level\t1\tmissing");
    }

    [TestMethod]
    public void What_is_not_known_is_said()
    {
        string broken = Assembly([("a.py", "import b\n"), ("b.py", "x = (\nimport a\n"), ("__pycache__/c.cpython-311.pyc", "code")]);
        string stripped = Assembly([("p/__pycache__/c.cpython-311.pyc", "code")]);
        string data = Assembly([("p/data.txt", "")]);

        ProcessResult result = InstalledTool.Run("graph", broken).Succeeds();
        result.Prints("a\tb\ttop-level\t1\ttree");
        Assert.Contains("pyembed: b.py, line ", result.Error);
        Assert.Contains("pyembed: 1 modules have no source", result.Error);
        Assert.Contains("PyEmbedSource=Include", InstalledTool.Run("graph", stripped).Exits(3).Error);
        Assert.Contains("only data", InstalledTool.Run("graph", data).Exits(3).Error);
        Assert.Contains("--dot", InstalledTool.Run("graph", data, "--dot", "--json").Exits(2).Error);
    }

    [TestMethod]
    public void Without_a_python_it_says_so()
    {
        ProcessResult result = InstalledTool.Run("graph", Assembly(Files), "--python", Path.Combine(InstalledTool.Workspace, "none")).Exits(5);

        Assert.AreEqual("", result.Output);
        Assert.Contains("--python", result.Error);
    }

    private static string Assembly((string, string)[] files, string name = "App") =>
        new SampleAssembly(name).With("my-pkg", SampleAssembly.Archive("my-pkg", files)).Save(InstalledTool.NewFolder());

    [GeneratedRegex("""^    (rankdir=LR|node( \[[a-z=]+\])|("([^"\\]|\\.)*")( -> "([^"\\]|\\.)*")?( \[[a-z]+=[a-z]+(, [a-z]+=[a-z]+)*\])?);$""")]
    private static partial Regex DotStatement();
}
