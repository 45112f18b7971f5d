using PyEmbed.Tests;

namespace PyEmbed.Interop.Tests;

/// <summary>Short ways to Python objects, in the interpreter of the test process.</summary>
internal static class InteropFixture
{
    static InteropFixture() => EnsureStarted();

    /// <summary>Starts CPython unless it runs.</summary>
    public static void EnsureStarted() => Assert.IsNotNull(PythonFixture.Python);

    /// <summary>The value of an expression.</summary>
    public static PythonObject Evaluate(string expression) => PythonFixture.Python.Evaluate(expression);

    /// <summary>Runs statements and gives their namespace, a dict.</summary>
    public static PythonObject Execute(string code)
    {
        using var scope = new PythonScope();
        PythonObject names = scope.Evaluate<PythonObject>("globals()");
        scope.Execute(code);
        return names;
    }

    public static PythonObject Import(string name) => PythonFixture.Python.Import(name);
}
