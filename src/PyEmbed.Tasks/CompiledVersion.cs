using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks;

/// <summary>The bytecode of all trees for one version of CPython.</summary>
/// <param name="Interpreter">What made it.</param>
/// <param name="Answers">What it said of each Python file; one that does not compile has no bytecode.</param>
internal sealed record CompiledVersion(InterpreterInfo Interpreter, IReadOnlyDictionary<TreeFile, FileAnalysis> Answers);
