using Python.Runtime;
using OwnException = PyEmbed.PythonException;

namespace PyEmbed.PythonNet.Tests;

/// <summary>.NET exceptions that pythonnet took into Python and that arrive through PyEmbed.</summary>
[TestClass]
public sealed class PythonNetExceptionsTests
{
    private const string CallingLine = "return function(*arguments)  # the line that calls out";

    [TestMethod]
    public void What_a_callback_threw_is_the_inner_exception_with_both_tracebacks()
    {
        InvalidOperationException thrown = new("thrown by .NET");
        OwnException own = Call(new Action(() => ThrowFromHere(thrown)));
        Assert.AreSame(thrown, own.InnerException);
        StringAssert.Contains(own.ToString(), CallingLine);
        StringAssert.Contains(own.ToString(), nameof(ThrowFromHere));
    }

    [TestMethod]
    public void An_exception_that_Python_raised_from_it_leads_to_it()
    {
        InvalidOperationException thrown = new("thrown by .NET");
        using PythonMount mount = PythonNetFixture.Mount("translating", ("translating.py", """
            def translate(function):
                try:
                    function()
                except Exception as error:
                    raise KeyError('translated') from error
            """));
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject module = PythonNetFixture.Interpreter.Import("translating");
        using PyObject callback = new Action(() => ThrowFromHere(thrown)).ToPython();
        OwnException own = Assert.ThrowsExactly<OwnException>(() => module.InvokeMethod("translate", callback));
        Assert.AreEqual("KeyError", own.PythonType);
        Assert.IsInstanceOfType<OwnException>(own.InnerException);
        Assert.AreSame(thrown, own.InnerException.InnerException);
        StringAssert.Contains(own.ToString(), nameof(ThrowFromHere));
    }

    [TestMethod]
    public void An_exception_that_Python_raises_of_a_NET_type_is_one()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        OwnException own = Assert.ThrowsExactly<OwnException>(() => PythonNetFixture.Interpreter.Execute("import System\nraise System.ArgumentException('raised by Python')"));
        Assert.IsInstanceOfType<ArgumentException>(own.InnerException);
        Assert.AreEqual("raised by Python", own.InnerException.Message);
    }

    [TestMethod]
    public void An_exception_of_Python_has_none()
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        Assert.IsNull(Assert.ThrowsExactly<OwnException>(() => PythonNetFixture.Interpreter.Execute("raise ValueError('plain')")).InnerException);
    }

    private static OwnException Call(Action function)
    {
        using Py.GILState gil = PythonNetFixture.Gil();
        using PythonObject failures = PythonNetFixture.Interpreter.Import("scenario.failures");
        using PyObject callback = function.ToPython();
        return Assert.ThrowsExactly<OwnException>(() => failures.InvokeMethod("call", callback));
    }

    private static void ThrowFromHere(Exception exception) => throw exception;
}
