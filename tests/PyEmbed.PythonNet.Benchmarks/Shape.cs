namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>A kind of call.</summary>
/// <param name="Name">What is given and what comes back.</param>
/// <param name="Core">Calls as often as it is told through PyEmbed's own API.</param>
/// <param name="PythonNet">The same through pythonnet's.</param>
internal sealed record Shape(string Name, Action<int> Core, Action<int> PythonNet);
