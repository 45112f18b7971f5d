using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Trees;

/// <summary>What becomes one archive.</summary>
/// <param name="Distribution">Its name.</param>
/// <param name="Placement">Where it stands on <c>sys.path</c>.</param>
/// <param name="Materialize">Which of its files are put on disk at run time.</param>
/// <param name="Files">Its files in the archive's order.</param>
internal sealed record PythonTree(string Distribution, TreePlacement Placement, MaterializeMode Materialize, IReadOnlyList<TreeFile> Files)
{
    /// <summary>The name of the resource that holds the archive.</summary>
    public string ResourceName => ResourceNameOf(Distribution);

    public static string ResourceNameOf(string distribution) => $"PyEmbed/{distribution}.zip";
}
