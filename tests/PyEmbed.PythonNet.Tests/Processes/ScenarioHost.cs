using PyEmbed.Tests;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Runs scenarios of tests/PyEmbed.PythonNet.TestHost, each in a process of its own.</summary>
internal static class ScenarioHost
{
    // What pythonnet's own start obeys, and a user's machine has not.
    private static readonly Dictionary<string, string?> Variables = new() { ["PYTHONUNBUFFERED"] = null, ["PYTHONHOME"] = null, ["PYTHONPATH"] = null };

    /// <summary>The host's executable, which the build puts beside the tests.</summary>
    private static string Executable { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "PyEmbed.PythonNet.TestHost.exe" : "PyEmbed.PythonNet.TestHost");

    /// <summary>Runs a scenario to its end. <c>PYEMBED_LIBRARY</c> is the CPython of this process.</summary>
    public static TestHostProcess Run(params string[] arguments) => TestHostProcess.RunProgram(Variables, Executable, arguments);

    /// <summary>The shared library of the CPython of this process, for scenarios in which pythonnet starts it.</summary>
    public static string Library => PythonNetFixture.Interpreter.Describe().Library!;
}
