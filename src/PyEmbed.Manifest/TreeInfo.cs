namespace PyEmbed.Manifest;

/// <summary>What an archive says about itself.</summary>
/// <param name="Distribution">The archive's name.</param>
/// <param name="Placement">Where on <c>sys.path</c> the tree stands.</param>
/// <param name="Materialize">Which of its files are put on disk.</param>
/// <param name="FileUsers">The top-level modules and packages in which some file uses <c>__file__</c>, <c>__path__</c> or the like.</param>
internal sealed record TreeInfo(string Distribution, TreePlacement Placement, MaterializeMode Materialize, IReadOnlyList<string> FileUsers);
