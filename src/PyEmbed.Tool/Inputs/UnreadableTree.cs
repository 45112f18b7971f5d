namespace PyEmbed.Tool.Inputs;

/// <summary>A tree that an input names and that cannot be read.</summary>
/// <param name="Assembly">The assembly's file name.</param>
/// <param name="Distribution">The tree's name, as the assembly has it; empty where that is unknown.</param>
/// <param name="Problem">The whole message: what cannot be read, why, and the remedy.</param>
/// <param name="IsNewer">Whether it is of a newer format, and for all that is known sound.</param>
internal sealed record UnreadableTree(string Assembly, string Distribution, string Problem, bool IsNewer = false);
