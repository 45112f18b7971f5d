using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Python's own answers about objects: whether two are one, and how many refer to it.</summary>
internal static class Identity
{
    /// <summary>Python's <c>is</c>. The caller holds the GIL.</summary>
    public static bool Is(PyObject left, PyObject right)
    {
        using PyObject module = Py.Import("operator");
        using PyObject result = module.InvokeMethod("is_", left, right);
        return result.As<bool>();
    }

    /// <summary>Asserts Python's <c>is</c>. The caller holds the GIL.</summary>
    public static void AssertSame(PyObject left, PyObject right) => Assert.IsTrue(Is(left, right), $"{left} is not {right}");
}
