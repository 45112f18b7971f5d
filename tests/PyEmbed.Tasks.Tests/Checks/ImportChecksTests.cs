using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Checks;

[TestClass]
public sealed class ImportChecksTests
{
    private static readonly InterpreterInfo s_old = new("3.11.2", "cpython-311", "python3.11", "", ["os", "distutils", "winreg"]);
    private static readonly InterpreterInfo s_new = new("3.12.1", "cpython-312", "python3.12", "", ["os", "winreg"]);

    private static readonly Dictionary<string, ModuleRule> s_excluded = new()
    {
        ["pkg.left"] = new ModuleRule(ModuleRuleAction.Exclude, "pkg.left"),
        ["gone"] = new ModuleRule(ModuleRuleAction.ExcludeAll, ModuleRule.Root),
    };

    private readonly List<TreeFile> _files = [];
    private readonly Dictionary<TreeFile, FileAnalysis> _analyses = [];

    [TestMethod]
    [DataRow("import os.path")]
    [DataRow("import winreg")]
    [DataRow("import pyembed")]
    [DataRow("import __main__")]
    [DataRow("import sitecustomize")]
    [DataRow("import usercustomize")]
    [DataRow("import pkg.sub.deep")]
    [DataRow("from pkg.__init__ import anything")]
    [DataRow("import native.ext")]
    [DataRow("from native import ext")]
    [DataRow("from pkg import anything")]
    [DataRow("from pkg.m import anything")]
    [DataRow("from space import mod")]
    [DataRow("import space")]
    [DataRow("import outer")]
    [DataRow("import outer.inner")]
    [DataRow("from .m import x")]
    [DataRow("from . import m")]
    [DataRow("from . import BOUND")]
    [DataRow("from . import __name__, __path__")]
    [DataRow("from .sub import deep, whatever")]
    [DataRow("from .sub import *")]
    public void What_is_there_is_not_spoken_of(string statement) => Assert.IsEmpty(Find(statement), statement);

    [TestMethod]
    [DataRow("import requests", "requests", false, "PYE1019")]
    [DataRow("import requests.sessions", "requests", false, "PYE1019")]
    [DataRow("import pkg.nope", "pkg.nope", true, "PYE1019")]
    [DataRow("from pkg.nope.more import x", "pkg.nope", true, "PYE1019")]
    [DataRow("import pkg.m.nope", "pkg.m.nope", true, "PYE1019")]
    [DataRow("from space import nope", "space.nope", false, "PYE1019")]
    [DataRow("import space.nope.more", "space.nope", false, "PYE1019")]
    [DataRow("from .nope import x", "pkg.nope", true, "PYE1018")]
    [DataRow("from . import nope", "pkg.nope", true, "PYE1018")]
    [DataRow("from .m.deeper import x", "pkg.m.deeper", true, "PYE1018")]
    [DataRow("from .sub.nope import x", "pkg.sub.nope", true, "PYE1018")]
    public void What_is_not_there_is_named(string statement, string missing, bool isFinal, string id)
    {
        OpenImport open = Assert.ContainsSingle(Find(statement));
        Assert.AreEqual((missing, isFinal, id), (open.Missing, open.IsFinal, open.Problem.Id));
        Assert.AreEqual(ManifestSeverity.Warning, open.Problem.Severity);
        Assert.AreEqual(("/p/pkg/user.py", 3, 5, 3, 20), (open.Problem.File, open.Problem.Line, open.Problem.Column, open.Problem.EndLine, open.Problem.EndColumn));
    }

    [TestMethod]
    public void Levels_are_counted_from_the_package()
    {
        Add("pkg/sub/inner.py", imports: [Parse("from .. import m"), Parse("from ..m import x"), Parse("from ..sub.deep import x"), Parse("from .. import nope"), Parse("from ..deep import x")]);
        CollectionAssert.AreEqual(new[] { "pkg.nope", "pkg.deep" }, Find("import os").Select(open => open.Missing).ToArray());
    }

    [TestMethod]
    public void A_module_counts_as_standard_if_every_interpreter_has_it()
    {
        Assert.IsEmpty(Find("import distutils.core", [s_old]));
        OpenImport open = Assert.ContainsSingle(Find("import distutils.core", [s_old, s_new]));
        StringAssert.Contains(open.Problem.Message, "CPython 3.11, 3.12");
    }

    [TestMethod]
    public void What_the_standard_library_lacks_is_missing_unless_the_project_has_such_a_package()
    {
        Add("a.py", imports: Parse("import json.nope") with { IsLacking = true });
        OpenImport open = Assert.ContainsSingle(Find("import os", [s_old, s_new]));
        Assert.AreEqual(("json.nope", false, "PYE1019", ManifestSeverity.Warning), (open.Missing, open.IsFinal, open.Problem.Id, open.Problem.Severity));
        StringAssert.Contains(open.Problem.Message, "'json' of the standard library of CPython 3.11 has no module 'nope'");

        Add("json/more.py");
        Assert.IsEmpty(Find("import os"));
    }

    [TestMethod]
    public void A_package_whose_names_are_not_known_may_have_any()
    {
        Add("open/__init__.py");
        Add("open/m.py", imports: [Parse("from . import anything")]);
        Add("ext/__init__.cpython-311-x86_64-linux-gnu.so", isAnalyzed: false);
        Add("ext/m.py", imports: [Parse("from . import anything")]);
        Assert.IsEmpty(Find("import os"));
    }

    [TestMethod]
    public void Where_code_changes_what_can_be_imported_nothing_is_said()
    {
        Add("pkg/hook.py", change: ImportChange.Modules);
        Assert.IsEmpty(Find("from .nope import x"));
        Assert.IsEmpty(Find("import pkg.nope"));
        Assert.HasCount(1, Find("import requests"));

        Add("vendor/requests/api.py");
        Assert.HasCount(1, Find("import requests"), "a folder below another is no top-level package");
        Add("main.py", change: ImportChange.SearchPath);
        Assert.IsEmpty(Find("import requests"), "unless code changes the path");
        Assert.HasCount(1, Find("import flask"));
    }

    [TestMethod]
    public void A_neighbour_that_was_meant_is_named() =>
        StringAssert.Contains(Assert.ContainsSingle(Find("import m")).Problem.Message, "'from . import m'");

    [TestMethod]
    [DataRow("import pkg.left.deep", "exclude pkg.left")]
    [DataRow("from .left import x", "exclude pkg.left")]
    [DataRow("import gone", "exclude-all")]
    public void A_rule_that_leaves_the_module_out_is_named(string statement, string rule) =>
        StringAssert.StartsWith(Assert.ContainsSingle(Find(statement)).Problem.Message, $"is left out by the PythonModuleRule '{rule}'.");

    [TestMethod]
    public void Files_from_outside_say_each_missing_module_once_and_only_inform()
    {
        Add("lib/a.py", inProject: false, imports: [Parse("import flask"), Parse("import flask.app"), Parse("import jinja2")]);
        Add("lib/b.py", inProject: false, imports: [Parse("import flask")]);
        OpenImport[] open = Find("import flask");
        CollectionAssert.AreEqual(new[] { "flask Info", "jinja2 Info", "flask Warning" }, open.Select(one => $"{one.Missing} {one.Problem.Severity}").ToArray());
    }

    [TestMethod]
    public void What_is_open_is_read_as_it_was_written()
    {
        using var folder = new TempFolder();
        OpenImport[] open = [.. Find("from space import nope, more"), .. Find("import a\tb")];
        string path = folder.Write("PyEmbed.imports", OpenImportFile.Format(open));

        CollectionAssert.AreEqual(open.Select(Text).ToArray(), OpenImportFile.Read(path).Select(Text).ToArray());
        Assert.IsEmpty(OpenImportFile.Read(folder["absent"]));
        Assert.IsEmpty(OpenImportFile.Read(folder.Write("other", "pyembed-imports of another version\nwhat it says\n")));
        IOException e = Assert.ThrowsExactly<IOException>(() => OpenImportFile.Read(folder.Write("bad", File.ReadAllText(path) + "half a li\n")));
        StringAssert.Contains(e.Message, folder["bad"]);

        static string Text(OpenImport open) => $"{open with { Names = [] }} {string.Join(' ', open.Names)}".Replace("System.String[]", "", StringComparison.Ordinal);
    }

    private static AnalyzedImport Parse(string statement)
    {
        string[] words = statement.Split(' ', 4);
        string module = words[1].TrimStart('.');
        string[] names = words.Length == 4 ? words[3].Split(", ") : [];
        return new AnalyzedImport(3, 5, 3, 20, words[1].Length - module.Length, module, names);
    }

    private void Add(string path, bool inProject = true, bool isAnalyzed = true, ImportChange change = ImportChange.None, string[]? binds = null, params AnalyzedImport[] imports)
    {
        var file = new TreeFile(path, "/p/" + path, 1, 1, inProject);
        _files.Add(file);
        if (isAnalyzed)
        {
            _analyses.Add(file, new FileAnalysis { Imports = imports, Binds = binds, ImportChanges = change });
        }
    }

    private OpenImport[] Find(string statement, InterpreterInfo[]? interpreters = null)
    {
        int count = _files.Count;
        Add("pkg/__init__.py", binds: ["BOUND"]);
        Add("pkg/m.py");
        Add("pkg/sub/__init__.py", binds: []);
        Add("pkg/sub/deep.py");
        Add("pkg/user.py", imports: Parse(statement));
        Add("space/mod.py");
        Add("outer/inner/__init__.py");
        Add("native/__init__.py", binds: []);
        Add("native/ext.abi3.so", isAnalyzed: false);
        var tree = new PythonTree("App", TreePlacement.App, MaterializeMode.Auto, _files.ToArray());
        OpenImport[] open = [.. new ImportChecks([tree], s_excluded, _analyses, interpreters ?? [s_old]).Find()];
        foreach (TreeFile file in _files.Skip(count))
        {
            _analyses.Remove(file);
        }

        _files.RemoveRange(count, _files.Count - count);
        return open;
    }
}
