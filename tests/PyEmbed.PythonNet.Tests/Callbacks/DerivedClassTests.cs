using Python.Runtime;
using PyEmbed.PythonNet.Tests.Shapes;
using PyException = Python.Runtime.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Classes of embedded modules that derive from classes and interfaces of .NET.</summary>
[TestClass]
public sealed class DerivedClassTests
{
    [TestMethod]
    public void NET_calls_overrides_of_an_embedded_class()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic derived = Py.Import("scenario.derived");
        PyObject square = derived.Square();
        Shape shape = square.As<Shape>();
        shape.Side = 3;
        Assert.AreEqual(9, shape.Area());
        Assert.AreEqual("a square; area 9", shape.DescribeFromDotNet());
        Assert.AreEqual("Scenario.Derived.Square", shape.GetType().FullName);
        Assert.IsTrue((bool)derived.is_shape(square));
        Assert.AreEqual("scenario.derived", square.GetPythonType().GetAttr("__module__").As<string>());
    }

    [TestMethod]
    public void NET_creates_instances_of_an_embedded_class()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyObject module = Py.Import("scenario.derived");
        Type type = module.GetAttr("Square").Invoke().As<Shape>().GetType();
        var made = (Shape)Activator.CreateInstance(type)!;
        made.Side = 5;
        Assert.AreEqual(25, made.Area());
    }

    [TestMethod]
    public void An_embedded_class_implements_an_interface()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic derived = Py.Import("scenario.derived");
        IDescribed described = ((PyObject)derived.Described()).As<IDescribed>();
        Assert.AreEqual("described by Python", described.Describe());
    }

    [TestMethod]
    public void Without_a_namespace_the_class_stays_Pythons()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic derived = Py.Import("scenario.derived");
        PyObject plain = derived.Plain();
        plain.InvokeMethod("Visit", "somebody".ToPython());
        Assert.AreEqual(2, plain.InvokeMethod("extra").As<int>());
        Assert.AreEqual(typeof(Visitor), plain.As<Visitor>().GetType());
    }

    [TestMethod]
    public void An_exception_in_an_override_has_the_source_line()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic derived = Py.Import("scenario.derived");
        Shape shape = ((PyObject)derived.Broken()).As<Shape>();
        PyException error = Assert.ThrowsExactly<PyException>(() => shape.Area());
        Assert.AreEqual("RuntimeError", error.Type.Name);
        StringAssert.Contains(error.Format(), "raise RuntimeError(\"no area\")  # inside the override");
    }

    [TestMethod]
    public void Overrides_are_called_from_threads_of_NET()
    {
        Shape shape;
        using (PythonNetFixture.Gil())
        {
            dynamic derived = Py.Import("scenario.derived");
            shape = ((PyObject)derived.Square()).As<Shape>();
        }

        shape.Side = 4;
        int[] areas = new int[8];
        Thread[] threads = [.. Enumerable.Range(0, areas.Length).Select(i => new Thread(() => areas[i] = shape.Area()))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.IsTrue(Array.TrueForAll(areas, area => area == 16), string.Join(' ', areas));
    }
}
