namespace PyEmbed.Manifest;

/// <summary>What an archive says about itself.</summary>
/// <param name="Distribution">The archive's name.</param>
/// <param name="Placement">Where on <c>sys.path</c> the tree stands.</param>
/// <param name="Materialize">Which of its files are put on disk.</param>
/// <param name="FileUsers">Each source that asks for places on disk, by its path; null where no interpreter has looked at the sources.</param>
internal sealed record TreeInfo(string Distribution, TreePlacement Placement, MaterializeMode Materialize, IReadOnlyDictionary<string, FileUse>? FileUsers);
