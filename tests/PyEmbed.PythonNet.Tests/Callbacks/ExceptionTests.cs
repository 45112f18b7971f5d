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
}
