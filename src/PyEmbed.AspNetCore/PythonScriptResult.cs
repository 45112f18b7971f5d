namespace PyEmbed.AspNetCore;

/// <summary>What a script that has ended well gives.</summary>
/// <param name="Value">What its global variable <c>result</c> is in the end, as <see cref="PythonIsolate.RunScript(PythonScript, IReadOnlyDictionary{string, object?})"/> gives it.</param>
/// <param name="Output">What it wrote to <c>sys.stdout</c>, as far as it is kept; threads that it has started write to that of the process.</param>
/// <param name="Error">What it wrote to <c>sys.stderr</c>, in the same way.</param>
/// <param name="Duration">How long it took, without the time that it waited.</param>
public sealed record PythonScriptResult(object? Value, string Output, string Error, TimeSpan Duration);
