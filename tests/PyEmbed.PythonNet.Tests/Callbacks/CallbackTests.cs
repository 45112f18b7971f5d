using Python.Runtime;
using PyException = Python.Runtime.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Embedded code that calls .NET, which calls Python again.</summary>
[TestClass]
public sealed class CallbackTests
{
    [TestMethod]
    public void Delegates_are_called_with_positional_and_keyword_arguments()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        List<string> seen = [];
        callbacks.apply(new Action<string>(seen.Add), "from Python");
        CollectionAssert.AreEqual(new[] { "from Python" }, seen);
        Assert.AreEqual(25, (int)callbacks.apply(new Func<int, int>(x => x * x), 5));
        Assert.AreEqual("a-b", (string)callbacks.apply(new Func<string, string, string>((left, right) => $"{left}-{right}"), "a", "b"));
    }

    [TestMethod]
    public void Calls_nest_across_the_border()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        int depth = 0;
        int Nested(int value)
        {
            using Py.GILState inner = Py.GIL();
            return ++depth > 20 ? value : (int)callbacks.apply(new Func<int, int>(Nested), value + 1);
        }

        Assert.AreEqual(20, (int)callbacks.apply(new Func<int, int>(Nested), 0));
        Assert.AreEqual(12, (int)callbacks.twice(new Func<int, int>(x =>
        {
            using Py.GILState inner = Py.GIL();
            return (int)callbacks.apply(callbacks.make_adder(5), x);
        }), 2));
    }

    [TestMethod]
    public void A_callback_uses_either_API()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        PythonInterpreter python = PythonNetFixture.Interpreter;
        Assert.AreEqual(42, (int)callbacks.apply(new Func<int>(() =>
        {
            using PythonObject values = python.Import("scenario.values");
            return values.GetAttribute("ANSWER").As<int>();
        })));
        Assert.AreEqual(84, (int)callbacks.apply(new Func<int>(() =>
        {
            using IDisposable hold = python.Hold();
            using Py.GILState inner = Py.GIL();
            using PythonObject values = python.Import("scenario.values");
            return values.InvokeMethod<int>("add", 42, Py.Import("scenario.values").GetAttr("ANSWER").As<int>());
        })));
    }

    [TestMethod]
    public void A_callback_imports_embedded_modules_for_the_first_time()
    {
        using PythonMount mount = PythonNetFixture.Mount(
            "imported_within", ("imported_within/__init__.py", "def run(function): return function()"), ("imported_within/one.py", "VALUE = 1"), ("imported_within/two.py", "from .one import VALUE"));
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic package = Py.Import("imported_within");
        Assert.AreEqual(1, (int)package.run(new Func<int>(() =>
        {
            using Py.GILState inner = Py.GIL();
            return Py.Import("imported_within.two").GetAttr("VALUE").As<int>();
        })));
    }

    [TestMethod]
    public void A_module_calls_NET_while_it_is_imported()
    {
        Importing.Seen.Clear();
        using PythonMount mount = PythonNetFixture.Mount(
            "calls_at_import",
            ("calls_at_import/__init__.py", "import clr\nclr.AddReference('PyEmbed.PythonNet.Tests')\nfrom PyEmbed.PythonNet.Tests import Importing\nPART = Importing.Import('calls_at_import.part')\n"),
            ("calls_at_import/part.py", "from PyEmbed.PythonNet.Tests import Importing\nfrom . import Importing as same\nImporting.Saw(__name__)\nNAME = __name__\n"));
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyObject package = Py.Import("calls_at_import");
        Assert.AreEqual("calls_at_import.part", package.GetAttr("PART").GetAttr("NAME").As<string>());
        CollectionAssert.AreEqual(new[] { "calls_at_import.part" }, Importing.Seen);
    }

    [TestMethod]
    public void Objects_of_NET_keep_their_identity_in_embedded_modules()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic values = Py.Import("scenario.values");
        Shapes.Visitor visitor = new();
        values.kept = visitor;
        Assert.AreSame(visitor, ((PyObject)values.kept).As<Shapes.Visitor>());
        Assert.IsTrue((bool)Py.Import("scenario.callbacks").InvokeMethod("apply", new Func<object, bool>(o => ReferenceEquals(o, visitor)).ToPython(), values.kept).As<bool>());
        using PythonObject crossed = ((PyObject)values.kept).ToPythonObject();
        crossed.InvokeMethod("Visit", "through PyEmbed").Dispose();
        Assert.AreEqual(1, visitor.Visited);
        Assert.AreEqual(1, crossed.GetAttribute("Visited").As<int>());
        ((PyObject)values).DelAttr("kept");
    }

    [TestMethod]
    public void Python_callables_become_delegates()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("""
            from System import Action, Func, Int32
            from scenario import callbacks, values
            counter = callbacks.Counter()
            closure = Func[Int32, Int32](callbacks.make_adder(3))
            instance = Func[Int32, Int32](counter)
            method = Action[Int32, Int32](counter.handle)
            function = Func[Int32, Int32, Int32](values.add)
            """);
        Assert.AreEqual(10, scope.Get<Func<int, int>>("closure")(7));
        Assert.AreEqual(1, scope.Get<Func<int, int>>("instance")(5));
        scope.Get<Action<int, int>>("method")(1, 2);
        Assert.AreEqual("[5, (1, 2)]", scope.Get("counter").GetAttr("seen").ToString());
        Assert.AreEqual(5, scope.Get<Func<int, int, int>>("function")(2, 3));
    }

    [TestMethod]
    public void Missing_overloads_are_a_TypeError()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        PyException error = Assert.ThrowsExactly<PyException>(() => callbacks.apply(new Shapes.Visitor().ToPython().GetAttr("Visit"), 1, 2, 3));
        Assert.AreEqual("TypeError", error.Type.Name);
        StringAssert.Contains(error.Format(), "return function(*arguments, **keywords)");
    }

    [TestMethod]
    public void Events_reach_handlers_of_embedded_classes()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        Shapes.Visitor visitor = new();
        using PyModule scope = Py.CreateScope();
        scope.Set("visitor", visitor);
        scope.Exec("""
            from scenario.callbacks import Counter
            counter, other = Counter(), Counter()
            visitor.Arrived += counter.handle
            visitor.Arrived += other.handle
            visitor.Visit('first')
            visitor.Arrived -= other.handle
            visitor.Visit('second')
            visitor.Arrived -= counter.handle
            visitor.Visit('third')
            names = [arguments.Name for sender, arguments in counter.seen]
            count = len(other.seen)
            same = all(sender.Equals(visitor) for sender, arguments in counter.seen)
            """);
        CollectionAssert.AreEqual(new[] { "first", "second" }, scope.Get<string[]>("names"));
        Assert.AreEqual(1, scope.Get<int>("count"));
        Assert.IsTrue(scope.Get<bool>("same"));
        Assert.AreEqual(0, visitor.Handlers);
        Assert.AreEqual(3, visitor.Visited);
    }

    [TestMethod]
    public void Generic_methods_and_iteration_cross_both_ways()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        Assert.AreEqual(10, (int)callbacks.total(new Shapes.Visitor().Numbers));
        Assert.AreEqual(6, (int)callbacks.total(new List<int> { 1, 2, 3 }));
        List<int> counted = [];
        foreach (PyObject item in callbacks.countdown(4))
        {
            counted.Add(item.As<int>());
        }

        CollectionAssert.AreEqual(new[] { 4, 3, 2, 1 }, counted);
        Shapes.Visitor visitor = new();
        visitor.Visit("once");
        visitor.Visit("twice");
        using PyModule scope = Py.CreateScope();
        scope.Set("visitor", visitor);
        scope.Exec("from System import String\nfrom scenario.callbacks import total\nwords = list(visitor.Repeat[String]('word'))\nnumber = total(visitor.Repeat[int](21))");
        CollectionAssert.AreEqual(new[] { "word", "word" }, scope.Get<string[]>("words"));
        Assert.AreEqual(42, scope.Get<int>("number"));
    }

    [TestMethod]
    public void Context_managers_of_embedded_code_work_in_Py_With()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        PyObject manager = callbacks.Managed();
        Py.With(manager, entered => Identity.AssertSame(manager, (PyObject)entered));
        PyException error = Assert.ThrowsExactly<PyException>(() => Py.With(manager, entered => ((dynamic)entered).fail()));
        Assert.AreEqual("KeyError", error.Type.Name);
        CollectionAssert.AreEqual(new[] { "enter", "exit", "enter", "KeyError" }, manager.GetAttr("events").As<string[]>());
        PyObject swallowing = callbacks.Managed(true);
        Py.With(swallowing, entered => ((dynamic)entered).fail());
        CollectionAssert.AreEqual(new[] { "enter", "KeyError" }, swallowing.GetAttr("events").As<string[]>());
    }

    [TestMethod]
    public void Disposable_objects_are_context_managers_in_embedded_code()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        Shapes.Visitor visitor = new(), failed = new();
        Assert.AreSame(visitor, ((PyObject)callbacks.dispose_with(visitor)).As<Shapes.Visitor>());
        Assert.IsTrue(visitor.IsDisposed);
        Assert.ThrowsExactly<PyException>(() => callbacks.dispose_with(failed, true));
        Assert.IsTrue(failed.IsDisposed);
    }
}
