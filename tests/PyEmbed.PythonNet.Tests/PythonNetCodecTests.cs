using System.Runtime.CompilerServices;
using Python.Runtime;
using OwnException = PyEmbed.PythonException;
using PyException = Python.Runtime.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What crosses by itself, in the conversions of either API.</summary>
[TestClass]
public sealed class PythonNetCodecTests
{
    [TestMethod]
    public void Methods_that_Python_calls_take_and_return_objects_of_PyEmbed()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("value = object()\nresult = None\n");
        using PyObject value = scope.Get("value");
        using PythonObject kept = value.ToPythonObject();
        PythonObject? seen = null;
        scope.Set("typed", new Func<PythonObject, PythonObject>(taken =>
        {
            seen = taken;
            return kept;
        }));
        scope.Set("untyped", new Func<object>(() => kept));
        scope.Set("nothing", new Func<PythonObject?, PythonObject?>(taken => taken));
        Assert.IsTrue(scope.Eval<bool>("typed(value) is value"));
        Assert.IsTrue(seen!.Is(kept));
        Assert.IsTrue(scope.Eval<bool>("untyped() is value"));
        Assert.IsTrue(scope.Eval<bool>("nothing(None) is None"));
        seen.Dispose();
    }

    [TestMethod]
    public void Values_of_pythonnet_are_arguments_and_results_of_PyEmbed()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonScope scope = new();
        PythonNetFixture.Interpreter.Execute("def same(value): return value\nkept = [1]\n", scope);
        using PythonObject same = scope.Get<PythonObject>("same"), kept = scope.Get<PythonObject>("kept");
        using PyList list = new(kept.ToPyObject());
        using PyObject result = same.Invoke<PyObject>(list);
        Assert.IsTrue(result.ToPythonObject().Is(kept));
        using PyObject read = kept.As<PyObject>();
        Assert.IsTrue(Identity.Is(read, list));
    }

    [TestMethod]
    [DataRow("parameter")]
    [DataRow("cast")]
    [DataRow("argument")]
    [DataRow("result")]
    public void What_was_disposed_goes_at_once(string crossing)
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("import weakref\nclass Local: pass\nvalue = Local()\nalive = weakref.ref(value)\nidentity = lambda value: value\n");
        using (PyObject value = scope.Get("value"))
        {
            switch (crossing)
            {
                case "parameter":
                    scope.Set("take", new Action<PythonObject>(taken => taken.Dispose()));
                    scope.Exec("take(value)");
                    break;
                case "cast":
                    value.As<PythonObject>().Dispose();
                    break;
                default:
                    using (PyObject identity = scope.Get("identity"))
                    using (PythonObject call = identity.ToPythonObject())
                    {
                        (crossing == "result" ? call.Invoke<PyObject>(value) : (IDisposable)call.Invoke(value)).Dispose();
                    }

                    break;
            }
        }

        scope.Exec("del value");
        Assert.IsTrue(scope.Eval<bool>("alive() is None"));
    }

    [TestMethod]
    public void NET_objects_of_pythonnet_cross_by_hand()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        PythonObject? seen = null;
        scope.Set("place", new Uri("http://localhost/"));
        scope.Set("take", new Action<PythonObject>(_ => Assert.Fail("pythonnet asks no decoder for its own wrappers")));
        scope.Set("takeAny", new Action<PyObject>(taken => seen = taken.ToPythonObject()));
        Assert.ThrowsExactly<PyException>(() => scope.Exec("take(place)"));
        scope.Exec("takeAny(place)");
        using (seen)
        using (PythonObject host = seen!.GetAttribute("Host"))
        {
            Assert.AreEqual("localhost", host.As<string>());
        }
    }

    [TestMethod]
    public void A_disposed_object_that_a_method_returns_is_no_object_of_Python_and_ends_nothing()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        PythonObject gone = PythonNetFixture.Interpreter.Evaluate("object()");
        gone.Dispose();
        using PyModule scope = Py.CreateScope();
        scope.Set("get", new Func<PythonObject>(() => gone));
        Assert.AreEqual("PythonObject", scope.Eval<string>("type(get()).__name__"));
    }

    [TestMethod]
    public void An_exception_of_PyEmbed_leaves_a_callback_as_what_it_was()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("""
            def call(function):
                try:
                    function()
                except BaseException as error:
                    return error
            """);
        OwnException? thrown = null;
        scope.Set("fail", new Action(() =>
        {
            try
            {
                using PythonObject failures = PythonNetFixture.Interpreter.Import("scenario.failures");
                failures.InvokeMethod("fail", "inside");
            }
            catch (OwnException e)
            {
                thrown = e;
                throw;
            }
        }));
        using PyObject caught = scope.Eval("call(fail)");
        using PythonObject same = caught.ToPythonObject();
        Assert.IsTrue(same.Is(thrown!.Value));
        Assert.AreEqual("ScenarioError", scope.Eval<string>("type(call(fail)).__name__"));

        // The frame of `call`, then, inside the method, that of `fail`.
        scope.Exec("import traceback\nlines = ''.join(traceback.format_exception(*(lambda e: (type(e), e, e.__traceback__))(call(fail))))");
        StringAssert.Contains(scope.Get<string>("lines"), "raise ScenarioError(message, code=7)  # the line that fails");

        PyException through = Assert.ThrowsExactly<PyException>(() => scope.Exec("fail()"));
        Assert.AreEqual("ScenarioError", through.Type.Name);
        StringAssert.Contains(through.Format(), "the line that fails");
    }

    [TestMethod]
    public void Such_an_exception_and_its_object_do_not_keep_each_other_alive()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("import gc, weakref\nclass Local(Exception): pass\nseen = []\ndef fail():\n    error = Local()\n    seen.append(weakref.ref(error))\n    try:\n        raise error\n    finally:\n        del error\n");
        ThrowThrough(scope);
        Assert.AreEqual(1, scope.Eval<int>("len(seen)"));
        Assert.ThrowsExactly<InvalidOperationException>(() => throw new InvalidOperationException("the runtime keeps the last one thrown"));
        for (int i = 0; i < 50 && !scope.Eval<bool>("gc.collect() is not None and seen[0]() is None"); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Finalizer.Instance.Collect();
            using PythonObject drain = PythonNetFixture.Interpreter.Evaluate("None"); // PyEmbed releases what finalisers gave up.
            Thread.Sleep(10);
        }

        Assert.IsTrue(scope.Eval<bool>("seen[0]() is None"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowThrough(PyModule scope)
    {
        using PyObject function = scope.Get("fail");
        using PythonObject fail = function.ToPythonObject();
        scope.Set("callback", new Action(() => fail.Invoke()));
        scope.Exec("try:\n    callback()\nexcept Local:\n    pass\ndel callback\n");
    }
}
