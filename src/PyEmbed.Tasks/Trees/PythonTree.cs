using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Trees;

/// <summary>What becomes one archive.</summary>
/// <param name="Distribution">Its name.</param>
/// <param name="Placement">Where it stands on <c>sys.path</c>.</param>
/// <param name="Materialize">Which of its files are put on disk at run time.</param>
/// <param name="Files">Its files, as they were found.</param>
internal sealed record PythonTree(string Distribution, TreePlacement Placement, MaterializeMode Materialize, IReadOnlyList<TreeFile> Files)
{
    /// <summary>The same tree with its files in the archive's order.</summary>
    public PythonTree Sorted() => this with { Files = Files.OrderBy(file => file.Path, Utf8Order.Instance).ToList() };

    /// <summary>The name of the resource that holds the archive.</summary>
    public string ResourceName => ResourceNameOf(Distribution);

    public static string ResourceNameOf(string distribution) => $"PyEmbed/{distribution}.zip";
}
