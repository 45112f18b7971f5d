using Python.Runtime;
using OwnException = PyEmbed.PythonException;
using PyException = Python.Runtime.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Exceptions that cross the border, in each direction and through either API.</summary>
[TestClass]
public sealed class ExceptionTests
{
    private const string RaisingLine = "raise ScenarioError(message, code=7)  # the line that fails";
    private const string CallingLine = "return function(*arguments)  # the line that calls out";

    [TestMethod]
    public void Both_APIs_show_the_source_lines_of_embedded_code()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        PyException theirs = Assert.ThrowsExactly<PyException>(() => failures.call(failures.fail, "a message"));
        Assert.AreEqual("ScenarioError", theirs.Type.Name);
        Assert.AreEqual(7, theirs.Value!.GetAttr("code").As<int>());
        StringAssert.Contains(theirs.Format(), RaisingLine);
        StringAssert.Contains(theirs.Format(), CallingLine);

        using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
        using PythonObject fail = module.GetAttribute("fail");
        OwnException own = Assert.ThrowsExactly<OwnException>(() => module.InvokeMethod("call", fail, "a message"));
        Assert.AreEqual("scenario.failures.ScenarioError", own.PythonType);
        StringAssert.Contains(own.PythonTraceback, RaisingLine);
        StringAssert.Contains(own.PythonTraceback, CallingLine);
        CollectionAssert.AreEqual(new[] { "call", "fail" }, own.Frames.Select(frame => frame.Function).ToArray());
    }

    [TestMethod]
    public void A_NET_exception_in_a_callback_arrives_through_PyEmbed_with_both_tracebacks()
    {
        InvalidOperationException thrown = new("thrown by .NET");
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
        using PyObject callback = new Action(() => ThrowFromHere(thrown)).ToPython();
        using PythonObject crossed = callback.ToPythonObject();
        OwnException error = Assert.ThrowsExactly<OwnException>(() => module.InvokeMethod("call", crossed));
        Assert.AreSame(thrown, error.InnerException);
        StringAssert.Contains(error.PythonTraceback, CallingLine);
        StringAssert.Contains(error.ToString(), CallingLine);
        StringAssert.Contains(error.ToString(), nameof(ThrowFromHere));
        StringAssert.Contains(error.ToString(), "thrown by .NET");
    }

    [TestMethod]
    public void A_NET_exception_in_a_callback_arrives_through_pythonnet_as_itself()
    {
        InvalidOperationException thrown = new("thrown by .NET");
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        InvalidOperationException caught = Assert.ThrowsExactly<InvalidOperationException>(() => failures.call(new Action(() => ThrowFromHere(thrown))));
        Assert.AreSame(thrown, caught);
        StringAssert.Contains(caught.StackTrace, nameof(ThrowFromHere));
    }

    [TestMethod]
    public void Embedded_code_catches_what_a_callback_throws()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        InvalidOperationException thrown = new("thrown by .NET");
        PyObject caught = failures.call_and_catch(new Action(() => ThrowFromHere(thrown)));
        Assert.AreSame(thrown, caught.As<Exception>());
    }

    [TestMethod]
    public void PyEmbeds_exception_leaves_a_callback_as_the_Python_exception_it_was()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        Action callback = () => PythonNetFixture.Interpreter.Import("scenario.failures").InvokeMethod("fail", "from PyEmbed");
        PyObject caught = failures.call_and_catch(callback);
        Assert.AreEqual("ScenarioError", caught.GetPythonType().Name);
        Assert.AreEqual(7, caught.GetAttr("code").As<int>());
        Assert.AreEqual("from PyEmbed", caught.ToString());
        using PyModule scope = Py.CreateScope();
        scope.Set("caught", caught);
        scope.Exec("import traceback\ntext = ''.join(traceback.format_exception(type(caught), caught, caught.__traceback__))");
        StringAssert.Contains(scope.Get<string>("text"), RaisingLine);
    }

    [TestMethod]
    public void It_is_caught_by_its_type_in_embedded_code_and_by_pythonnet_outside()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        Action callback = () => PythonNetFixture.Interpreter.Import("scenario.failures").InvokeMethod("fail", "from PyEmbed");
        PyException error = Assert.ThrowsExactly<PyException>(() => failures.call(callback));
        Assert.AreEqual("ScenarioError", error.Type.Name);
        StringAssert.Contains(error.Format(), RaisingLine);
        StringAssert.Contains(error.Format(), CallingLine);
        OwnException own = Assert.ThrowsExactly<OwnException>(() =>
        {
            using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
            using PyObject callable = callback.ToPython();
            using PythonObject crossed = callable.ToPythonObject();
            module.InvokeMethod("call", crossed);
        });
        Assert.AreEqual("scenario.failures.ScenarioError", own.PythonType);
        StringAssert.Contains(own.PythonTraceback, RaisingLine);
        StringAssert.Contains(own.PythonTraceback, CallingLine);
    }

    [TestMethod]
    public void Pythonnets_exception_leaves_a_callback_through_PyEmbed_as_what_it_was()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        Action callback = () =>
        {
            using Py.GILState inner = Py.GIL();
            failures.fail("from pythonnet");
        };
        using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
        using PyObject callable = callback.ToPython();
        using PythonObject crossed = callable.ToPythonObject();
        OwnException own = Assert.ThrowsExactly<OwnException>(() => module.InvokeMethod("call", crossed));
        Assert.AreEqual("scenario.failures.ScenarioError", own.PythonType);
        StringAssert.Contains(own.PythonTraceback, RaisingLine);
        StringAssert.Contains(own.PythonTraceback, CallingLine);
    }

    [TestMethod]
    public void A_NET_exception_survives_several_crossings()
    {
        ArgumentException thrown = new("deep inside");
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic failures = Py.Import("scenario.failures");
        Action inner = () => ThrowFromHere(thrown);
        Action outer = () =>
        {
            using Py.GILState again = Py.GIL();
            using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
            using PyObject callable = inner.ToPython();
            using PythonObject crossed = callable.ToPythonObject();
            module.InvokeMethod("call", crossed);
        };
        Exception error = Assert.Throws<Exception>(() => failures.call(outer));
        Assert.IsTrue(Chain(error).Contains(thrown), error.ToString());
    }

    [TestMethod]
    public void A_cause_of_NET_stays_the_cause()
    {
        InvalidOperationException thrown = new("the cause");
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject module = PythonNetFixture.Interpreter.Import("scenario.failures");
        using PyObject callback = new Action(() => ThrowFromHere(thrown)).ToPython();
        using PythonObject crossed = callback.ToPythonObject();
        OwnException error = Assert.ThrowsExactly<OwnException>(() => module.InvokeMethod("chained", crossed));
        Assert.AreEqual("scenario.failures.ScenarioError", error.PythonType);
        Assert.IsTrue(Chain(error).Contains(thrown), error.ToString());
        StringAssert.Contains(error.ToString(), nameof(ThrowFromHere));
    }

    [TestMethod]
    public void Exceptions_of_NET_threads_and_of_Pythons_arrive()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        List<Exception> errors = [];
        Thread[] threads =
        [
            .. Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                try
                {
                    if (i % 2 == 0)
                    {
                        using Py.GILState gil = Py.GIL();
                        Py.Import("scenario.failures").InvokeMethod("fail", $"thread {i}".ToPython());
                    }
                    else
                    {
                        using PythonObject module = python.Import("scenario.failures");
                        module.InvokeMethod("fail", $"thread {i}");
                    }
                }
                catch (Exception e) when (e is PyException or OwnException)
                {
                    lock (errors)
                    {
                        errors.Add(e);
                    }
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        CollectionAssert.AreEquivalent(
            Enumerable.Range(0, 8).Select(i => $"thread {i}").ToArray(), errors.Select(e => e is OwnException own ? own.Message[(own.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..] : e.Message).ToArray());

        using Py.GILState hold = Py.GIL();
        dynamic callbacks = Py.Import("scenario.callbacks");
        InvalidOperationException thrown = new("on Python's thread");
        PyObject results = callbacks.apply_on_threads(new Func<int, int>(i => throw thrown), 4, 1);
        foreach (PyObject result in new PyIterable(results))
        {
            Assert.AreSame(thrown, result.As<Exception>());
        }
    }

    [TestMethod]
    public void What_is_no_Exception_crosses_too()
    {
        using PythonMount mount = PythonNetFixture.Mount("leaving", ("leaving.py", "import sys\ndef leave(): sys.exit(5)\ndef stop(): raise KeyboardInterrupt('stopped')\n"));
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic module = Py.Import("leaving");
        using PythonObject own = PythonNetFixture.Interpreter.Import("leaving");
        foreach ((string function, string type) in (ReadOnlySpan<(string, string)>)[("leave", "SystemExit"), ("stop", "KeyboardInterrupt")])
        {
            Assert.AreEqual(type, Assert.ThrowsExactly<PyException>(() => ((PyObject)module).InvokeMethod(function)).Type.Name);
            Assert.AreEqual(type, Assert.ThrowsExactly<OwnException>(() => own.InvokeMethod(function)).PythonType);
        }
    }

    [TestMethod]
    public void Exceptions_that_crossed_keep_nothing_alive()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PyModule scope = Py.CreateScope();
        scope.Exec("class Local: pass\nimport weakref\nfrom scenario.failures import call\ndef work(callback):\n    local = Local()\n    global seen\n    seen = weakref.ref(local)\n    call(callback)\n");
        using PyObject work = scope.Get("work");
        CrossAndForget(work);
        for (int i = 0; i < 20 && !scope.Eval<bool>("__import__('gc').collect() is not None and seen() is None"); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }

        Assert.IsTrue(scope.Eval<bool>("seen() is None"));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void CrossAndForget(PyObject work)
    {
        using PythonObject crossed = work.ToPythonObject();
        using PyObject callback = new Action(() => throw new InvalidOperationException("forgotten")).ToPython();
        using PythonObject argument = callback.ToPythonObject();
        OwnException error = Assert.ThrowsExactly<OwnException>(() => crossed.Invoke(argument));
        error.Value.Dispose();
        for (Exception? inner = error.InnerException; inner is not null; inner = inner.InnerException)
        {
            (inner as OwnException)?.Value.Dispose();
        }
    }

    private static void ThrowFromHere(Exception exception) => throw exception;

    private static List<Exception> Chain(Exception error)
    {
        List<Exception> all = [];
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            all.Add(e);
        }

        return all;
    }
}
