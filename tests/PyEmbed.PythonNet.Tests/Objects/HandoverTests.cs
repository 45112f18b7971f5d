using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Objects that cross from one API to the other are the objects themselves, and live as long as someone refers to them.</summary>
[TestClass]
[DoNotParallelize]
public sealed class HandoverTests
{
    private const int Many = 5_000;

    [TestMethod]
    [DataRow("None")]
    [DataRow("True")]
    [DataRow("7")]
    [DataRow("10 ** 40")]
    [DataRow("2.5")]
    [DataRow("'text \\udcff'")]
    [DataRow("b'bytes'")]
    [DataRow("[1, [2]]")]
    [DataRow("{'a': 1}")]
    [DataRow("(i for i in range(3))")]
    [DataRow("len")]
    [DataRow("lambda x: x")]
    [DataRow("type")]
    [DataRow("ValueError('an exception')")]
    [DataRow("__import__('scenario.deep.leaf').deep.leaf.Node(3)")]
    [DataRow("__import__('scenario.values')")]
    [DataRow("__import__('System').Environment")]
    [DataRow("__import__('System').Uri('http://host/')")]
    [DataRow("__import__('System').Collections.Generic.List[int]()")]
    public void Every_object_is_the_same_on_both_sides(string expression)
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject own = PythonNetFixture.Interpreter.Evaluate(expression);
        using PyObject theirs = own.ToPyObject();
        using PythonObject back = theirs.ToPythonObject();
        Assert.IsTrue(back.Is(own));
        using PyObject again = back.ToPyObject();
        Identity.AssertSame(theirs, again);
        Assert.AreEqual(own.IsNone, theirs.IsNone());
    }

    [TestMethod]
    public void Each_reference_is_disposed_on_its_own()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyObject weakref = Py.Import("weakref");
        using PythonObject leaf = PythonNetFixture.Interpreter.Import("scenario.deep.leaf");
        PythonObject own = leaf.InvokeMethod("Node", "mine");
        PyObject theirs = own.ToPyObject();
        using PyObject watcher = weakref.InvokeMethod("ref", theirs);
        own.Dispose();
        Assert.AreEqual("mine", theirs.GetAttr("value").As<string>());
        PythonObject second = theirs.ToPythonObject();
        theirs.Dispose();
        Assert.AreEqual("mine", second.GetAttribute("value").As<string>());
        Assert.IsTrue(IsAlive(watcher));
        second.Dispose();
        Assert.IsFalse(IsAlive(watcher));
    }

    [TestMethod]
    public void A_disposed_wrapper_does_not_cross()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        PythonObject own = PythonNetFixture.Interpreter.Evaluate("[1]");
        own.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => own.ToPyObject());
        PyObject theirs = new PyList();
        theirs.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => theirs.ToPythonObject());
        using PyList alive = new();
        using PythonObject works = alive.ToPythonObject();
        Assert.AreEqual("list", works.GetAttribute("__class__").GetAttribute("__name__").As<string>());
        Assert.ThrowsExactly<ArgumentNullException>(() => ((PythonObject)null!).ToPyObject());
        Assert.ThrowsExactly<ArgumentNullException>(() => ((PyObject)null!).ToPythonObject());
    }

    [TestMethod]
    public void Thousands_of_crossings_leave_no_reference()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject own = PythonNetFixture.Interpreter.Evaluate("[1, 2, 3]");
        Cross(own, 100);
        long before = References(own), blocks = Blocks();
        Cross(own, Many);
        Assert.AreEqual(before, References(own));
        Assert.IsLessThan(blocks + (Many / 10), Blocks());
    }

    [TestMethod]
    public void What_is_only_forgotten_is_released_too()
    {
        using PythonObject own = PythonNetFixture.Interpreter.Evaluate("['forgotten']");
        long before = References(own);
        Forget(own, 500);
        Assert.AreNotEqual(before, References(own));
        long after = long.MaxValue;
        for (int i = 0; i < 50 && after > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using (Py.GIL())
            {
                Finalizer.Instance.Collect();
            }

            after = References(own);
        }

        Assert.AreEqual(before, after);
    }

    [TestMethod]
    public void NET_objects_go_when_Python_and_both_wrappers_let_go()
    {
        _ = PythonNetFixture.Bridge;
        WeakReference reference = MakeAndCross();
        for (int i = 0; i < 50 && reference.IsAlive; i++)
        {
            using (Py.GIL())
            {
                Finalizer.Instance.Collect();
            }

            PythonNetFixture.Interpreter.Execute("import gc; gc.collect()");
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.IsFalse(reference.IsAlive);
    }

    [TestMethod]
    public void Crossings_of_many_threads_never_mix()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        int wrong = 0;
        Concurrent.Run(16, index =>
        {
            for (int i = 0; i < 200; i++)
            {
                string expected = $"{index}:{i}";
                using PythonObject own = python.Evaluate($"['{expected}']");
                using Py.GILState gil = Py.GIL();
                using PyObject theirs = own.ToPyObject();
                using PythonObject back = theirs.ToPythonObject();
                if (theirs[0].As<string>() != expected || !back.Is(own))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });
        Assert.AreEqual(0, wrong);
    }

    [TestMethod]
    public void PyEmbeds_calls_take_pythonnets_objects_and_give_them()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject callbacks = PythonNetFixture.Interpreter.Import("scenario.callbacks");
        using PyList list = new([1.ToPython(), 2.ToPython()]);
        using PyDict table = new();
        table["key"] = "value".ToPython();
        using PyObject identity = PythonNetFixture.Interpreter.Evaluate("lambda x: x").ToPyObject();
        using PyObject module = Py.Import("scenario.values");
        foreach (PyObject item in (ReadOnlySpan<PyObject>)[list, table, module, identity, PyObject.None])
        {
            using PyObject same = callbacks.InvokeMethod<PyObject>("apply", identity, item);
            Identity.AssertSame(item, same);
        }

        Assert.AreEqual(3, callbacks.InvokeMethod<int>("total", list));
        using PythonScope scope = new();
        scope.Set("theirs", list);
        using PyObject got = scope.Get<PyObject>("theirs");
        Identity.AssertSame(list, got);
    }

    [TestMethod]
    public void Pythonnets_calls_take_PyEmbeds_objects_and_give_them()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        using PythonObject own = PythonNetFixture.Interpreter.Evaluate("[1, 2, 3]");
        Assert.AreEqual(6, (int)callbacks.total(own));
        PythonObject? seen = null;
        PyObject result = callbacks.apply(
            new Func<PythonObject, PythonObject>(value =>
            {
                seen = value;
                return value;
            }),
            own);
        Assert.IsTrue(seen!.Is(own));
        using PyObject theirs = own.ToPyObject();
        Identity.AssertSame(theirs, result);
        using PyModule scope = Py.CreateScope();
        scope.Set("own", own);
        Assert.IsTrue(scope.Eval<bool>("type(own) is list"));
        Assert.IsTrue(theirs.As<PythonObject>().Is(own));
    }

    private static bool IsAlive(PyObject watcher)
    {
        using PyObject value = watcher.Invoke();
        return !value.IsNone();
    }

    private static void Cross(PythonObject own, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using PyObject theirs = own.ToPyObject();
            using PythonObject back = theirs.ToPythonObject();
        }
    }

    // Neither disposes what it makes; in a method of its own, so that no register keeps the last ones.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(PythonObject own, int times)
    {
        using Py.GILState gil = Py.GIL();
        for (int i = 0; i < times; i++)
        {
            GC.KeepAlive(own.ToPyObject().ToPythonObject());
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference MakeAndCross()
    {
        using Py.GILState gil = Py.GIL();
        Shapes.Visitor visitor = new();
        using PyObject theirs = visitor.ToPython();
        using PythonObject own = theirs.ToPythonObject();
        using PyObject back = own.ToPyObject();
        Assert.AreSame(visitor, back.As<Shapes.Visitor>());
        return new WeakReference(visitor);
    }

    private static long References(PythonObject value)
    {
        using PythonObject sys = PythonNetFixture.Interpreter.Import("sys");
        return sys.InvokeMethod<long>("getrefcount", value);
    }

    private static long Blocks() => Py.Import("sys").InvokeMethod("getallocatedblocks").As<long>();
}
