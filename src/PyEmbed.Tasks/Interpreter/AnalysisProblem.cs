namespace PyEmbed.Tasks.Interpreter;

/// <summary>What the interpreter found wrong with a file. Numbers are 0 where they are unknown.</summary>
internal sealed record AnalysisProblem(string Id, int Line, int Column, int EndLine, int EndColumn, string Message);
