using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Checks;

[TestClass]
public sealed class TreeChecksTests
{
    private readonly ProblemList _problems = new();
    private readonly Dictionary<string, string> _contents = [];

    [TestMethod]
    public void A_tree_without_clashes_has_no_problems()
    {
        Run(Tree("a", "pkg/__init__.py", "pkg/m.py", "pkg/data/x.txt", "ns/a.py", "m.py", "m/data.txt"), Tree("b", "ns/b.py", "other/__init__.py"));

        Assert.IsEmpty(_problems.Recorded);
        Assert.IsEmpty(_problems.Blocking);
    }

    [TestMethod]
    public void A_module_and_a_package_of_one_name_are_two_files_for_it()
    {
        Run(Tree("a", "pkg/x.py", "pkg/x/__init__.py", "y.py", "y/__init__.py"));

        AssertRecorded("PYE1004:Error:pkg/x.py", "PYE1004:Error:y.py");
    }

    [TestMethod]
    public void In_code_of_others_two_files_for_a_module_are_a_warning()
    {
        Run(new PythonTree("a", TreePlacement.Library, MaterializeMode.Auto, [
            new TreeFile("py.py", "py.py", 1, 0, InProject: false), new TreeFile("py/__init__.py", "py/__init__.py", 1, 0, InProject: false),
            new TreeFile("x.py", "x.py", 1, 0, InProject: true) { IsInstalled = true }, new TreeFile("x/__init__.py", "x/__init__.py", 1, 0, InProject: true) { IsInstalled = true },
            new TreeFile("y.py", "y.py", 1, 0, InProject: false), new TreeFile("y/__init__.py", "y/__init__.py", 1, 0, InProject: true)]));

        AssertRecorded("PYE1004:Warning:py.py", "PYE1004:Warning:x.py", "PYE1004:Error:y.py");
    }

    [TestMethod]
    public void An_extension_module_beside_a_source_is_no_clash()
    {
        Run(Tree("a", "pkg/x.py", "pkg/x.so"));

        AssertRecorded();
    }

    [TestMethod]
    [DataRow("pkg/Mod.py", "pkg/mod.py", "pkg/mod.py")]
    [DataRow("Pkg/a.py", "pkg/b.py", "pkg/b.py")]
    [DataRow("a/Data/x/y.txt", "a/data/z.txt", "a/data/z.txt")]
    public void Names_that_differ_in_case_are_one_on_some_disks(string one, string other, string reported)
    {
        Run(Tree("a", one, other));

        AssertRecorded($"PYE1005:Error:{reported}");
    }

    [TestMethod]
    [DataRow("a", "a/b.py")]
    [DataRow("x/a.txt/c", "x/a.txt")]
    public void A_path_that_is_file_and_folder_blocks(string one, string other)
    {
        Run(Tree("a", one, other));

        Assert.AreEqual("PYE1004", Assert.ContainsSingle(_problems.Blocking).Id);
    }

    [TestMethod]
    public void Own_modules_hide_those_of_the_standard_library()
    {
        Run(Tree("a", "json/__init__.py", "json/tool.py", "re.py", "pkg/re.py", "email/x.txt"));

        AssertRecorded("PYE1006:Warning:json/__init__.py", "PYE1006:Warning:re.py");
    }

    [TestMethod]
    public void Libraries_come_after_the_standard_library_and_are_nobodys_to_rename()
    {
        Run(Tree("a", TreePlacement.Library, [new("json.py", "/elsewhere/json.py", 0, 0, false)]));

        AssertRecorded();
    }

    [TestMethod]
    public void Own_modules_in_a_library_are_hidden_by_those_of_the_standard_library()
    {
        Run(Tree("a", TreePlacement.Library, [new("json.py", "json.py", 0, 0, true), new("re.py", "/elsewhere/re.py", 0, 0, false)]));

        AssertRecorded("PYE1006:Warning:json.py");
        StringAssert.Contains(_problems.Recorded.Single().Message, "which hides this one: the distribution 'a'");
    }

    [TestMethod]
    public void A_regular_package_in_two_distributions_names_both()
    {
        Run(Tree("one", "pkg/__init__.py", "pkg/sub/__init__.py"), Tree("two", "pkg/__init__.py", "pkg/sub/__init__.py", "zed/__init__.py"));

        AssertRecorded("PYE1011:Error:pkg/__init__.py");
        string message = _problems.Recorded.Single().Message;
        StringAssert.Contains(message, "'one'");
        StringAssert.Contains(message, "'two'");
    }

    [TestMethod]
    [DataRow("__import__('pkg_resources').declare_namespace(__name__)", "__import__(\"pkg_resources\").declare_namespace( __name__ )", true)]
    [DataRow("from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)", true)]
    [DataRow("__import__('pkg_resources').declare_namespace(__name__)", "", false)]
    [DataRow("", "__import__('pkg_resources').declare_namespace(__name__)", false)]
    [DataRow("# no declare_namespace", "# no extend_path", false)]
    [DataRow("# __import__('pkg_resources').declare_namespace(__name__)\n", "x = 1  # __path__ = extend_path(__path__, __name__)", false)]
    public void A_namespace_that_each_portion_declares_is_no_clash(string one, string other, bool allowed)
    {
        _contents["/one/ns/__init__.py"] = one;
        _contents["/two/ns/__init__.py"] = other;
        TreeFile[] Files(string folder, string portion) =>
            [new("ns/__init__.py", $"/{folder}/ns/__init__.py", 0, 0, true), new($"ns/{portion}/__init__.py", $"/{folder}/ns/{portion}/__init__.py", 0, 0, true)];

        Run(Tree("one", TreePlacement.App, Files("one", "a")), Tree("two", TreePlacement.App, Files("two", "b")), Tree("three", "other/__init__.py"));
        AssertRecorded(allowed ? [] : ["PYE1011:Error:/two/ns/__init__.py"]);
    }

    [TestMethod]
    public void A_package_below_a_declared_namespace_clashes()
    {
        _contents["ns/__init__.py"] = "__import__('pkg_resources').declare_namespace(__name__)";
        Run(Tree("one", "ns/__init__.py", "ns/a/__init__.py"), Tree("two", "ns/__init__.py", "ns/a/__init__.py"));

        AssertRecorded("PYE1011:Error:ns/a/__init__.py");
    }

    [TestMethod]
    [DataRow("six.py", "six.py", "module 'six'")]
    [DataRow("six.py", "six/__init__.py", "module 'six'")]
    [DataRow("ns/m.py", "ns/m.py", "module 'ns.m'")]
    [DataRow("_c.cpython-311-x86_64-linux-gnu.so", "_c.py", "module '_c'")]
    [DataRow("Pkg/B.py Pkg/__init__.py Pkg/a/__init__.py Pkg/a/x.py", "Pkg/B.py Pkg/__init__.py Pkg/a/__init__.py Pkg/a/x.py", "package 'Pkg'")]
    public void A_module_in_two_distributions_is_said_once(string one, string other, string what)
    {
        Run(Tree("one", one.Split(' ')), Tree("two", [.. other.Split(' '), "zed.py", "six-1.0.dist-info/METADATA"]), Tree("three", "ns/n.py", "six-1.0.dist-info/METADATA"));

        StringAssert.StartsWith(Assert.ContainsSingle(_problems.Recorded).Message, $"The {what} is in the distributions 'one' and 'two'");
    }

    [TestMethod]
    public void Modules_of_declared_namespaces_clash_one_by_one()
    {
        _contents["ns/__init__.py"] = "__import__('pkg_resources').declare_namespace(__name__)";
        Run(Tree("one", "ns/__init__.py", "ns/m.py", "ns/n.py"), Tree("two", "ns/__init__.py", "ns/m.py", "ns/o.py"));

        AssertRecorded("PYE1011:Error:ns/m.py");
    }

    private static PythonTree Tree(string distribution, params string[] paths) =>
        Tree(distribution, TreePlacement.App, paths.Select(path => new TreeFile(path, path, 0, 0, true)));

    private static PythonTree Tree(string distribution, TreePlacement placement, IEnumerable<TreeFile> files) =>
        new PythonTree(distribution, placement, MaterializeMode.Auto, files.ToList()).Sorted();

    private void Run(params PythonTree[] trees) => TreeChecks.Run(trees, ["json", "re", "email"], file => Encoding.UTF8.GetBytes(_contents.GetValueOrDefault(file.FullPath, "")), _problems);

    private void AssertRecorded(params string[] expected) =>
        CollectionAssert.AreEqual(expected, _problems.Recorded.Select(problem => $"{problem.Id}:{problem.Severity}:{problem.File}").ToArray());
}
