namespace PyEmbed;

/// <summary>What a <see cref="PythonWorkerPool"/> has done so far, and does at this moment.</summary>
/// <param name="Succeeded">Requests that gave a result.</param>
/// <param name="Failures">Requests that failed, by how: those that were refused, too.</param>
/// <param name="Canceled">Requests that were cancelled by their token.</param>
/// <param name="Running">Requests that run.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Starts">How often a process was started that workers are forked from: more than once where one has died.</param>
public sealed record PythonWorkerStatistics(long Succeeded, IReadOnlyDictionary<PythonWorkerErrorKind, long> Failures, long Canceled, int Running, int Queued, int Starts);
