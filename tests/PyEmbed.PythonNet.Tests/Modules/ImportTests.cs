using Python.Runtime;
using PyException = Python.Runtime.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Embedded modules, imported and looked at through pythonnet's own API.</summary>
[TestClass]
public sealed class ImportTests
{
    [TestMethod]
    public void A_dotted_name_gives_the_submodule()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyObject module = Py.Import("scenario.deep.leaf");
        Assert.AreEqual("scenario.deep.leaf", module.GetAttr("__name__").As<string>());
        using PyObject again = PyModule.Import("scenario.deep.leaf");
        Identity.AssertSame(module, again);
        Assert.AreEqual("leaf", module.GetAttr("LEAF")[0].As<string>());
    }

    [TestMethod]
    public void Relative_imports_lead_to_the_same_modules_as_absolute_ones()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic module = Py.Import("scenario.relative");
        Assert.AreEqual(42, (int)module.leaf_value[1]);
        Assert.AreEqual(42, (int)module.ANSWER);
        Identity.AssertSame(Py.Import("scenario.values"), ((PyObject)module.sibling));
        Identity.AssertSame(Py.Import("scenario.deep.leaf"), ((PyObject)module.leaf));
        Assert.AreEqual("embedded", (string)Py.Import("scenario.deep").GetAttr("outer").As<string>());
    }

    [TestMethod]
    public void Modules_have_the_attributes_of_modules_on_disk()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic package = Py.Import("scenario");
        dynamic module = Py.Import("scenario.values");
        Assert.AreEqual("A package that lives in the test assembly.", (string)package.__doc__);
        Assert.AreEqual("scenario", (string)package.__package__);
        Assert.AreEqual(1, (int)package.__path__.__len__());
        Assert.AreEqual((string)package.__path__[0], (string)package.__spec__.submodule_search_locations[0]);
        Assert.AreEqual("scenario", (string)module.__package__);
        Assert.AreEqual("scenario.values", (string)module.__spec__.name);
        Assert.AreEqual("scenario", (string)module.__spec__.parent);
        Assert.AreEqual((string)module.__file__, (string)module.__spec__.origin);
        Assert.AreEqual(Path.Combine((string)package.__path__[0], "values.py"), (string)module.__file__);
        Identity.AssertSame(((PyObject)module.__loader__), ((PyObject)module.__spec__.loader));
        Assert.IsTrue((bool)module.__spec__.has_location);
        Assert.IsFalse(module.HasAttr("__path__"));
    }

    [TestMethod]
    public void Both_APIs_give_the_same_module()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyObject through = Py.Import("scenario.values");
        using PythonObject own = PythonNetFixture.Interpreter.Import("scenario.values");
        using PyObject crossed = own.ToPyObject();
        Identity.AssertSame(through, crossed);
        using PythonObject back = through.ToPythonObject();
        Assert.IsTrue(back.Is(own));
    }

    [TestMethod]
    public void Dynamic_use_reads_calls_and_sets()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic values = Py.Import("scenario.values");
        Assert.AreEqual(42, (int)values.ANSWER);
        Assert.AreEqual(7, (int)values.add(3, 4));
        Assert.AreEqual(4, (int)values.add(3));
        Assert.AreEqual("Hello, you?", (string)values.greet("you", Py.kw("punctuation", "?")));
        values.state = 5;
        Assert.AreEqual(5, PythonNetFixture.Interpreter.Evaluate<int>("__import__('scenario.values').values.state"));
        values.state = 0;
    }

    [TestMethod]
    public void Import_star_brings_what_all_names_also_after_a_plain_import()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("import scenario.values\nfrom scenario.values import *");
        Assert.AreEqual(42, scope.Get<int>("ANSWER"));
        Assert.AreEqual(3, scope.Eval<int>("add(2)"));
        Assert.IsFalse(scope.Contains("NOT_EXPORTED"));
        Assert.IsFalse(scope.Contains("sys"));
    }

    [TestMethod]
    public void Scopes_import_embedded_modules_by_pythonnets_methods()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope("a_scope");
        scope.Import("scenario.values", "renamed");
        Assert.AreEqual(42, scope.Eval<int>("renamed.ANSWER"));
        scope.Exec("renamed.state = 11");
        Assert.AreEqual(11, ((dynamic)scope.Get("renamed")).state.As<int>());
        scope.Exec("renamed.state = 0");

        using PyModule other = Py.CreateScope();
        other.ImportAll(scope);
        Assert.AreEqual(42, other.Eval<int>("renamed.ANSWER"));
        using var values = (PyModule)Py.Import("scenario.values");
        other.ImportAll(values);
        Assert.AreEqual(42, other.Get<int>("ANSWER"));
    }

    [TestMethod]
    public void Code_of_a_module_made_from_text_imports_embedded_ones()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule module = PyModule.FromString("made_from_text", "from scenario import values\nfrom scenario.deep.leaf import Node\nMADE = Node(values.ANSWER)");
        Assert.AreEqual(42, module.GetAttr("MADE").GetAttr("value").As<int>());
        Assert.AreEqual("scenario.deep.leaf", module.GetAttr("MADE").GetPythonType().GetAttr("__module__").As<string>());
    }

    [TestMethod]
    public void Arguments_are_what_the_options_say()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic values = Py.Import("scenario.values");
        string[] seen = ((PyObject)values.ARGUMENTS_AT_IMPORT).As<string[]>();
        CollectionAssert.AreEqual(new[] { "", "first", "second" }, seen);
        CollectionAssert.AreEqual(seen, Py.Import("sys").GetAttr("argv").As<string[]>());
    }

    [TestMethod]
    public void A_missing_module_is_a_ModuleNotFoundError_with_its_name()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        foreach (string name in (ReadOnlySpan<string>)["scenario.missing", "scenario_that_is_not_there", "scenario.deep.leaf.no_package"])
        {
            PyException error = Assert.ThrowsExactly<PyException>(() => Py.Import(name));
            Assert.AreEqual("ModuleNotFoundError", error.Type.Name);
            Assert.AreEqual(name, error.Value!.GetAttr("name").As<string>());
            StringAssert.Contains(error.Message, name);
            PythonImportException own = Assert.ThrowsExactly<PythonImportException>(() => PythonNetFixture.Interpreter.Import(name));
            Assert.AreEqual(name, own.Module);
        }
    }

    [TestMethod]
    public void A_missing_name_and_a_missing_relative_module_are_named()
    {
        using PythonMount mount = PythonNetFixture.Mount(
            "missing_parts",
            ("missing_parts/__init__.py", ""),
            ("missing_parts/name.py", "from scenario.values import NO_SUCH_NAME"),
            ("missing_parts/relative.py", "from . import no_such_module"),
            ("missing_parts/beyond.py", "from ... import anything"),
            ("missing_parts/needs.py", "import a_package_nobody_has.at_all"));
        using Py.GILState gil = PythonNetFixture.Gil();
        PyException name = Assert.ThrowsExactly<PyException>(() => Py.Import("missing_parts.name"));
        Assert.AreEqual("ImportError", name.Type.Name);
        StringAssert.Contains(name.Message, "NO_SUCH_NAME");
        PyException relative = Assert.ThrowsExactly<PyException>(() => Py.Import("missing_parts.relative"));
        StringAssert.Contains(relative.Message, "no_such_module");
        PyException beyond = Assert.ThrowsExactly<PyException>(() => Py.Import("missing_parts.beyond"));
        StringAssert.Contains(beyond.Message, "beyond top-level package");
        PyException needs = Assert.ThrowsExactly<PyException>(() => Py.Import("missing_parts.needs"));
        Assert.AreEqual("a_package_nobody_has", needs.Value!.GetAttr("name").As<string>());
        StringAssert.Contains(needs.Format(), "import a_package_nobody_has.at_all");
    }

    [TestMethod]
    public void An_exception_in_a_module_leaves_no_half_module()
    {
        using PythonMount mount = PythonNetFixture.Mount(
            "half_made", ("half_made/__init__.py", ""), ("half_made/bad.py", "first = 1\nraise ValueError('in the middle')  # here\nlast = 1\n"));
        using Py.GILState gil = PythonNetFixture.Gil();
        for (int i = 0; i < 2; i++)
        {
            PyException error = Assert.ThrowsExactly<PyException>(() => Py.Import("half_made.bad"));
            Assert.AreEqual("ValueError", error.Type.Name);
            StringAssert.Contains(error.Format(), "raise ValueError('in the middle')  # here");
        }

        using PyModule scope = Py.CreateScope();
        Assert.IsFalse(scope.Eval<bool>("'half_made.bad' in __import__('sys').modules"));
        Assert.IsTrue(scope.Eval<bool>("'half_made' in __import__('sys').modules"));
    }

    [TestMethod]
    public void A_syntax_error_has_file_line_and_text()
    {
        using PythonMount mount = PythonNetFixture.Mount("unreadable", ("unreadable.py", "good = 1\nbad = = 2\n"));
        using Py.GILState gil = PythonNetFixture.Gil();
        PyException error = Assert.ThrowsExactly<PyException>(() => Py.Import("unreadable"));
        Assert.AreEqual("SyntaxError", error.Type.Name);
        Assert.AreEqual(Path.Combine(mount.Root, "unreadable.py"), error.Value!.GetAttr("filename").As<string>());
        Assert.AreEqual(2, error.Value!.GetAttr("lineno").As<int>());
        StringAssert.Contains(error.Value!.GetAttr("text").As<string>(), "bad = = 2");
    }

    [TestMethod]
    public void Circular_imports_of_modules_work_and_of_names_are_explained()
    {
        using PythonMount mount = PythonNetFixture.Mount(
            "circles", ("circles/__init__.py", ""), ("circles/one.py", "from .two import SECOND\nFIRST = 1"), ("circles/two.py", "from .one import FIRST\nSECOND = 2"));
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic left = Py.Import("scenario.circular_left");
        dynamic right = Py.Import("scenario.circular_right");
        Assert.AreEqual("right", (string)left.other());
        Assert.AreEqual("left", (string)right.other());
        PyException error = Assert.ThrowsExactly<PyException>(() => Py.Import("circles.one"));
        StringAssert.Contains(error.Message, "partially initialized module 'circles.one'");
        StringAssert.Contains(error.Message, "circular import");
    }

    [TestMethod]
    public void A_replaced_tree_is_seen_by_pythonnets_reload()
    {
        PythonTree first = PythonNetFixture.Tree("reloaded", ("reloaded.py", "VERSION = 1\nKEPT = True"));
        PythonTree second = PythonNetFixture.Tree("reloaded", ("reloaded.py", "VERSION = 2"));
        PythonMount mount = PythonNetFixture.Interpreter.Mount(first);
        using Py.GILState gil = PythonNetFixture.Gil();
        using var module = (PyModule)Py.Import("reloaded");
        Assert.AreEqual(1, module.Get<int>("VERSION"));
        mount.Replace(second);
        using PyModule again = module.Reload();
        Identity.AssertSame(module, again);
        Assert.AreEqual(2, module.Get<int>("VERSION"));
        Assert.IsTrue(module.Get<bool>("KEPT"));
        mount.Dispose();
    }

    [TestMethod]
    public void After_an_unmount_new_imports_fail_and_old_modules_work()
    {
        PythonMount mount = PythonNetFixture.Mount("going", ("going/__init__.py", "def here(): return 'still here'"), ("going/later.py", ""));
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic module = Py.Import("going");
        mount.Dispose();
        Assert.AreEqual("still here", (string)module.here());
        PyException error = Assert.ThrowsExactly<PyException>(() => Py.Import("going.later"));
        Assert.AreEqual("ModuleNotFoundError", error.Type.Name);
    }

    [TestMethod]
    public void Namespace_packages_merge_the_trees_of_two_assemblies_and_a_mount()
    {
        using PythonMount mount = PythonNetFixture.Mount("third_portion", ("shared_ns/thing3.py", "def thing(): return 'Thing Three'"));
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic one = Py.Import("shared_ns.thing1"), two = Py.Import("shared_ns.thing2"), three = Py.Import("shared_ns.thing3");
        Assert.AreEqual("Thing One, Thing Two, Thing Three", $"{one.thing()}, {two.thing()}, {three.thing()}");
        dynamic package = Py.Import("shared_ns");
        Assert.AreEqual(3, ((PyObject)package.__path__).Length());
        Assert.IsTrue(((PyObject)package).GetAttr("__file__").IsNone());
    }

    [TestMethod]
    public void A_module_runs_as_main_through_runpy()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic runpy = Py.Import("runpy");
        dynamic names = runpy.run_module("scenario", Py.kw("run_name", "__main__"));
        Assert.AreEqual("__main__", (string)names["RAN"][0]);
        Assert.AreEqual("scenario", (string)names["RAN"][1]);
    }
}
