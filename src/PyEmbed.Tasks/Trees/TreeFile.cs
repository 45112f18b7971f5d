namespace PyEmbed.Tasks.Trees;

/// <summary>One file of a tree.</summary>
/// <param name="Path">Where it lies in the archive.</param>
/// <param name="FullPath">Where it lies on disk.</param>
/// <param name="Length">Its size when it was found.</param>
/// <param name="WriteTicks">When it was last written (UTC) when it was found.</param>
/// <param name="InProject">Whether it lies in the project's folder.</param>
internal sealed record TreeFile(string Path, string FullPath, long Length, long WriteTicks, bool InProject)
{
    /// <summary>Whether it belongs to a distribution that an installer unpacked, wherever that lies.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Whether those who build the project can be asked to correct it.</summary>
    public bool IsOwn => InProject && !IsInstalled;

    /// <summary>Whether CPython imports it as source.</summary>
    public bool IsPython => Path.EndsWith(".py", StringComparison.Ordinal);

    /// <summary>The name within its folder.</summary>
    public string Name => Path.Substring(Path.LastIndexOf('/') + 1);

    /// <summary>The folder in the archive; empty for the root.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and >= 0 ? Path.Substring(0, slash) : "";
}
