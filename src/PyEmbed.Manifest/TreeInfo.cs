namespace PyEmbed.Manifest;

/// <summary>What an archive says about itself.</summary>
/// <param name="Distribution">The archive's name.</param>
/// <param name="Placement">Where on <c>sys.path</c> the tree stands.</param>
/// <param name="Materialize">Which of its files are put on disk.</param>
/// <param name="FileUsers">Each source that asks for places on disk, by its path; null where no interpreter has looked at the sources.</param>
internal sealed record TreeInfo(string Distribution, TreePlacement Placement, MaterializeMode Materialize, IReadOnlyDictionary<string, FileUse>? FileUsers)
{
    /// <summary>The optimisation level of all bytecode, 0 to 2.</summary>
    public int Optimize { get; init; }

    /// <summary>Where sources were left out: the cache tags of the versions that stand for them, in ascending order of version; null where all are there.</summary>
    public IReadOnlyList<string>? Stripped { get; init; }
}
