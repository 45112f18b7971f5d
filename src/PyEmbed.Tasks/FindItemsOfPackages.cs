using Microsoft.Build.Framework;
using PyEmbed.Tasks.Trees;
using Task = Microsoft.Build.Utilities.Task;

namespace PyEmbed.Tasks;

/// <summary>
/// Finds the SDK's default items that are files of a <c>PythonPackage</c> item or lie in a folder which one names, so that the
/// targets can take them out: a <c>.cs</c> file in a Python tree is data.
/// </summary>
public sealed class FindItemsOfPackages : Task
{
    /// <summary>The <c>PythonPackage</c> items.</summary>
    public ITaskItem[] Packages { get; set; } = [];

    /// <summary>For each package <c>|</c> and its <c>RecursiveDir</c>.</summary>
    public string[] RecursiveDirs { get; set; } = [];

    /// <summary>In: the project's sources. Out: those of the packages.</summary>
    [Output]
    public ITaskItem[] Compile { get; set; } = [];

    /// <summary>In: the project's resources. Out: those of the packages.</summary>
    [Output]
    public ITaskItem[] EmbeddedResource { get; set; } = [];

    /// <summary>In: the project's content. Out: that of the packages.</summary>
    [Output]
    public ITaskItem[] Content { get; set; } = [];

    /// <summary>In: the project's other files. Out: those of the packages.</summary>
    [Output]
    public ITaskItem[] None { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        // What a glob matched is a file; asking thousands of them for their paths would cost more than all else here.
        var folders = new PackageFolders(Packages
            .Where((_, i) => i >= RecursiveDirs.Length || RecursiveDirs[i].Length <= 1)
            .Select(item => item.GetMetadata("FullPath")));
        var files = new HashSet<string>(Packages.Select(item => item.ItemSpec), FilePaths.Comparer);
        Compile = Of(folders, files, Compile);
        EmbeddedResource = Of(folders, files, EmbeddedResource);
        Content = Of(folders, files, Content);
        None = Of(folders, files, None);
        return true;
    }

    private static ITaskItem[] Of(PackageFolders folders, HashSet<string> files, ITaskItem[] items) => items
        .Where(item => files.Contains(item.ItemSpec) || item.GetMetadata("FullPath") is var path && (files.Contains(path) || folders.Contain(path)))
        .ToArray();
}
