using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What Python's own tools say of embedded modules, asked through pythonnet.</summary>
[TestClass]
public sealed class ModuleToolTests
{
    [TestMethod]
    public void Resources_are_read()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic resources = Py.Import("importlib.resources");
        dynamic file = resources.files("scenario").joinpath("data").joinpath("greeting.txt");
        Assert.AreEqual("Grüße aus der Assembly\n", (string)file.read_text(Py.kw("encoding", "utf-8")));
        CollectionAssert.Contains(Names(resources.files("scenario").iterdir(), "name"), "data");
    }

    [TestMethod]
    public void Metadata_and_entry_points_are_found()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic metadata = Py.Import("importlib.metadata");
        Assert.AreEqual("2.5", (string)metadata.version("scenario"));
        Assert.AreEqual("For tests of the bridge", (string)metadata.metadata("scenario")["Summary"]);
        dynamic points = metadata.entry_points(Py.kw("group", "scenario.things"));
        PyObject point = ((IEnumerable<PyObject>)new PyIterable(points)).Single();
        Identity.AssertSame(Py.Import("scenario.deep.leaf").GetAttr("Node"), point.InvokeMethod("load"));
    }

    [TestMethod]
    public void Inspect_finds_the_source()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic inspect = Py.Import("inspect");
        dynamic values = Py.Import("scenario.values");
        Assert.AreEqual("def add(left, right=1):\n    return left + right\n", (string)inspect.getsource(values.add));
        Assert.AreEqual("(name, *, punctuation='!')", inspect.signature(values.greet).ToString());
        Assert.AreEqual("Names of several kinds.", (string)inspect.getdoc(values));
        Identity.AssertSame(((PyObject)values), ((PyObject)inspect.getmodule(values.add)));
    }

    [TestMethod]
    public void Pkgutil_walks_the_package()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic pkgutil = Py.Import("pkgutil");
        dynamic package = Py.Import("scenario.deep");
        CollectionAssert.AreEqual(new[] { "leaf" }, Names(pkgutil.iter_modules(package.__path__), "name"));
        CollectionAssert.Contains(Names(pkgutil.walk_packages(Py.Import("scenario").GetAttr("__path__"), "scenario."), "name"), "scenario.deep.leaf");
    }

    [TestMethod]
    public void Pickles_of_embedded_classes_come_back()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic pickle = Py.Import("pickle");
        dynamic node = Py.Import("scenario.deep.leaf").GetAttr("Node").Invoke("kept".ToPython());
        dynamic back = pickle.loads(pickle.dumps(node));
        Assert.AreEqual("kept", (string)back.value);
        Assert.IsTrue(((PyObject)back).Equals((PyObject)node));
    }

    [TestMethod]
    public void The_finders_stand_before_pythonnets()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("import sys\nnames = [getattr(f, '__name__', type(f).__name__) for f in sys.meta_path]");
        string[] names = scope.Get<string[]>("names");
        Assert.IsLessThan(Array.IndexOf(names, "PathFinder"), Array.IndexOf(names, "Finder"), string.Join(' ', names));
        Assert.AreEqual(1, names.Count(name => name == "Finder"));
        Assert.AreEqual(1, names.Count(name => name == "DotNetFinder"));
        Assert.IsLessThan(Array.IndexOf(names, "DotNetFinder"), Array.IndexOf(names, "PathFinder"), string.Join(' ', names));
    }

    private static string[] Names(PyObject items, string attribute)
    {
        using PyIterable all = new(items);
        return [.. all.Select(item => item.GetAttr(attribute).As<string>())];
    }
}
