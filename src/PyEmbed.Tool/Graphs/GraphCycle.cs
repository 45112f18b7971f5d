namespace PyEmbed.Tool.Graphs;

/// <summary>Modules that import each other when they are imported.</summary>
/// <param name="Modules">All of them, sorted.</param>
/// <param name="Path">A shortest way from the first back to it.</param>
internal sealed record GraphCycle(IReadOnlyList<string> Modules, IReadOnlyList<string> Path);
