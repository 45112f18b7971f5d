namespace PyEmbed.Tool.Graphs;

/// <summary>A module of a tree.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Kind"><c>package</c>, <c>module</c>, <c>namespace</c> or <c>extension</c>.</param>
/// <param name="Tree">The origin of the tree that it is imported from.</param>
/// <param name="HasSource">Whether it has a source, which tells what it imports.</param>
internal sealed record GraphModule(string Name, string Kind, string Tree, bool HasSource);
