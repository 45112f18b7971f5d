using System.Text;

namespace PyEmbed.TestHost;

/// <summary>
/// Runs one named scenario, for tests of what only a whole process shows: exit codes, flushed output, signals.
/// <c>TestHost scenario arguments…</c>
/// </summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<string[], int>> Scenarios = new(StringComparer.Ordinal)
    {
        // Runs the code as a program of its own: python -c, so to speak.
        ["run"] = arguments => RunCode(arguments[0], arguments[1..]),
        ["run-without-dispose"] = arguments => Started().RunModuleOf(arguments[0], arguments[1..]),
    };

    private static int Main(string[] arguments) => ExitScenarios.All.TryGetValue(arguments[0], out Func<string[], int>? scenario)
        || Scenarios.TryGetValue(arguments[0], out scenario)
        ? scenario(arguments[1..])
        : throw new ArgumentException($"There is no scenario '{arguments[0]}'.");

    internal static PythonInterpreter Started() => PythonInterpreter.Start(new PythonOptions { AutoMount = false });

    internal static int RunCode(string code, string[] arguments)
    {
        using PythonInterpreter python = Started();
        return python.RunModuleOf(code, arguments);
    }

    /// <summary>Runs the code as module <c>program</c>, as <c>python -m program</c> does.</summary>
    internal static int RunModuleOf(this PythonInterpreter python, string code, params string[] arguments)
    {
        python.Mount(PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["program.py"] = Encoding.UTF8.GetBytes(code) }, "program"));
        return python.RunModule("program", arguments);
    }
}
