namespace PyEmbed.Tasks.Interpreter;

/// <summary>What a started interpreter says about itself.</summary>
/// <param name="Version">Such as <c>3.11.7</c>.</param>
/// <param name="CacheTag">Such as <c>cpython-311</c>: part of the names of its bytecode files.</param>
/// <param name="StandardLibrary">The names of its top-level modules.</param>
internal sealed record InterpreterInfo(string Version, string CacheTag, IReadOnlyList<string> StandardLibrary);
