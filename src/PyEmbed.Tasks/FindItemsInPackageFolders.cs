using Microsoft.Build.Framework;
using PyEmbed.Tasks.Trees;
using Task = Microsoft.Build.Utilities.Task;

namespace PyEmbed.Tasks;

/// <summary>
/// Finds the SDK's default items that lie in a folder which a <c>PythonPackage</c> item names, so that the targets can take them
/// out: a <c>.cs</c> file in a Python tree is data. Items that are files need no task, their names are enough.
/// </summary>
public sealed class FindItemsInPackageFolders : Task
{
    /// <summary>The <c>PythonPackage</c> items.</summary>
    public ITaskItem[] Packages { get; set; } = [];

    /// <summary>For each package <c>|</c> and its <c>RecursiveDir</c>.</summary>
    public string[] RecursiveDirs { get; set; } = [];

    /// <summary>In: the project's sources. Out: those in the folders.</summary>
    [Output]
    public ITaskItem[] Compile { get; set; } = [];

    /// <summary>In: the project's resources. Out: those in the folders.</summary>
    [Output]
    public ITaskItem[] EmbeddedResource { get; set; } = [];

    /// <summary>In: the project's content. Out: that in the folders.</summary>
    [Output]
    public ITaskItem[] Content { get; set; } = [];

    /// <summary>In: the project's other files. Out: those in the folders.</summary>
    [Output]
    public ITaskItem[] None { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        // What a glob matched is a file; asking thousands of them for their paths would cost more than all else here.
        var folders = new PackageFolders(Packages
            .Where((_, i) => i >= RecursiveDirs.Length || RecursiveDirs[i].Length <= 1)
            .Select(item => item.GetMetadata("FullPath")));
        Compile = In(folders, Compile);
        EmbeddedResource = In(folders, EmbeddedResource);
        Content = In(folders, Content);
        None = In(folders, None);
        return true;
    }

    private static ITaskItem[] In(PackageFolders folders, ITaskItem[] items) =>
        folders.IsEmpty ? [] : items.Where(item => folders.Contain(item.GetMetadata("FullPath"))).ToArray();
}
