using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed class ManagedExceptionsTests
{
    private static readonly Dictionary<string, Exception> Thrown = [];

    static ManagedExceptionsTests()
    {
        ManagedExceptions.AddSource(error => error.HasAttribute("first_key") ? Thrown.GetValueOrDefault(error.GetAttribute("first_key").As<string>()) : null);
        ManagedExceptions.AddSource(error => error.HasAttribute("second_key") ? Thrown.GetValueOrDefault(error.GetAttribute("second_key").As<string>()) : null);
    }

    [TestMethod]
    public void The_NET_exception_behind_a_Python_exception_is_its_inner_exception()
    {
        foreach (string key in (string[])["first_key", "second_key"])
        {
            Exception thrown = Thrown[key] = Throw($"thrown for {key}");
            using PythonObject module = Execute($"def f():\n    error = ValueError('seen')\n    error.{key} = '{key}'\n    raise error from KeyError('cause')");
            PythonException error = Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke());
            Assert.AreSame(thrown, error.InnerException);
            StringAssert.Contains(error.PythonTraceback, "KeyError: 'cause'");
            StringAssert.Contains(error.ToString(), error.PythonTraceback);
            StringAssert.Contains(error.ToString(), thrown.ToString());
            StringAssert.Contains(error.ToString(), nameof(Throw));
        }
    }

    [TestMethod]
    public void It_is_found_behind_the_causes_too()
    {
        Exception thrown = Thrown["below"] = Throw("below");
        using PythonObject module = Execute("def f():\n    error = ValueError('seen')\n    error.first_key = 'below'\n    raise KeyError('above') from error");
        PythonException error = Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke());
        Assert.AreEqual("ValueError: seen", error.InnerException!.Message);
        Assert.AreSame(thrown, error.InnerException.InnerException);
        StringAssert.Contains(error.ToString(), thrown.ToString());
    }

    [TestMethod]
    public void Exceptions_of_no_source_have_none()
    {
        using PythonObject module = Execute("def f():\n    error = ValueError('seen')\n    error.first_key = 'nobody'\n    raise error");
        PythonException error = Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke());
        Assert.IsNull(error.InnerException);
        Assert.IsFalse(error.ToString().Contains("--->", StringComparison.Ordinal));
    }

    private static InvalidOperationException Throw(string message) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => throw new InvalidOperationException(message));
}
