namespace PyEmbed.Tool.Graphs;

/// <summary>Why what a file imports is not known, or not all.</summary>
/// <param name="Path">The file, in its tree.</param>
/// <param name="Line">The line; 0 where there is none.</param>
/// <param name="Message">The reason.</param>
internal sealed record GraphProblem(string Path, int Line, string Message);
