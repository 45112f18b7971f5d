namespace PyEmbed;

/// <summary>What a request to a <see cref="PythonWorkerPool"/> came to.</summary>
/// <param name="Value">The result; see <see cref="PythonWorkerRequest"/> for its types.</param>
/// <param name="Output">What was written to standard output, as UTF-8.</param>
/// <param name="Error">What was written to standard error, as UTF-8.</param>
/// <param name="Logs">What was logged, in order.</param>
/// <param name="Duration">How long it ran, from when a process took it on until that had ended.</param>
/// <param name="CpuTime">Processor time that its process has used.</param>
/// <param name="PeakMemory">The most bytes of memory that its process had, shared ones included.</param>
public sealed record PythonWorkerResult(object? Value, string Output, string Error, IReadOnlyList<PythonWorkerLog> Logs, TimeSpan Duration, TimeSpan CpuTime, long PeakMemory);
