using Python.Runtime;

namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>Calls both ways through both APIs, in one CPython.</summary>
internal static class Calls
{
    public static void Run(int rounds)
    {
        var options = new PythonOptions();
        CallsToNet.AddModule(options.NativeModules);
        using PythonInterpreter python = PythonInterpreter.Start(options);
        Runtime.PythonDLL = python.Describe().Library;
        PythonEngine.Initialize(setSysArgv: false);
        PythonEngine.BeginAllowThreads();

        // First what most programs do, the GIL held over many calls; then the same with each call taking it.
        foreach (Shape shape in CallsToPython.Shapes(python))
        {
            Paired.Measure("csharp-to-python", shape with { Core = Holding(python, shape.Core), PythonNet = Holding(shape.PythonNet) }, rounds);
        }

        foreach (Shape shape in CallsToPython.TakingTheGil(python))
        {
            Paired.Measure("csharp-to-python", shape, rounds);
        }

        foreach (Shape shape in CallsToNet.Shapes(python))
        {
            Paired.Measure("python-to-csharp", shape, rounds);
        }
    }

    private static Action<int> Holding(PythonInterpreter python, Action<int> calls) => count =>
    {
        using (python.Hold())
        {
            calls(count);
        }
    };

    private static Action<int> Holding(Action<int> calls) => count =>
    {
        using (Py.GIL())
        {
            calls(count);
        }
    };
}
