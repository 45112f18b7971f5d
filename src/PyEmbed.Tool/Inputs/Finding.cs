namespace PyEmbed.Tool.Inputs;

/// <summary>Something that is not right in a tree.</summary>
/// <param name="Path">The file in the tree; empty where it is the tree as a whole.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="IsDamage">Whether something is damaged or forged; else it only does not work everywhere.</param>
internal sealed record Finding(string Path, string Problem, bool IsDamage = true);
