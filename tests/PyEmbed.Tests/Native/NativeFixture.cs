using PyEmbed.Tests;

namespace PyEmbed.Native.Tests;

/// <summary>Native modules in the interpreter of the test process, each under a name of its own.</summary>
internal static class NativeFixture
{
    private static int count;

    /// <summary>Makes a module importable and gives its name.</summary>
    public static string Add(Action<PythonNativeModule> build)
    {
        string name = $"native{Interlocked.Increment(ref count)}";
        Install(name, build);
        return name;
    }

    /// <summary>Makes a module importable.</summary>
    public static void Install(string name, Action<PythonNativeModule> build)
    {
        using IDisposable hold = PythonFixture.Python.Hold();
        NativeRegistry.Install([(name, build)]);
    }

    /// <summary>Makes a module importable and imports it.</summary>
    public static PythonObject Import(Action<PythonNativeModule> build) => PythonFixture.Python.Import(Add(build));

    /// <summary>Runs code that has a module as <c>host</c>, and gives its namespace.</summary>
    public static PythonObject Run(PythonObject host, string code)
    {
        using var scope = new PythonScope();
        scope.Set("host", host);
        PythonObject names = scope.Evaluate<PythonObject>("globals()");
        scope.Execute(code);
        return names;
    }
}
