using Microsoft.Build.Framework;
using PyEmbed.Tasks.Trees;
using Task = Microsoft.Build.Utilities.Task;

namespace PyEmbed.Tasks;

/// <summary>
/// Lists the files that a build would embed, those of folder items among them, for tools that watch a build's inputs without running
/// it. Nothing is read and nothing is said of what is wrong.
/// </summary>
public sealed class FindPackageFiles : Task
{
    /// <summary>The project's folder, the base of relative paths.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The <c>PythonPackage</c> items.</summary>
    public ITaskItem[] Packages { get; set; } = [];

    /// <summary>Folders of the build's own output, left out of every tree.</summary>
    public string[] ExcludedFolders { get; set; } = [];

    /// <summary>Absolute paths of the files, each once.</summary>
    [Output]
    public ITaskItem[] Files { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var walker = new FolderWalker(ExcludedFolders.Where(folder => folder.Length > 0).Select(folder => FilePaths.Normalize(ProjectDirectory, folder)).ToList(), new WalkRecord());
        var found = new HashSet<string>(FilePaths.Comparer);
        var files = new List<ITaskItem>();
        try
        {
            foreach (string path in Packages.Select(item => item.GetMetadata("FullPath")).SelectMany(path => Below(walker, path)).Where(found.Add))
            {
                files.Add(ItemPaths.ToItem(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The build itself says what is wrong with a folder; until then what was found is watched.
            Log.LogMessage(MessageImportance.Low, "Not all files of the PythonPackage items can be listed: {0}", e.Message);
        }

        Files = [.. files];
        return true;
    }

    private static IEnumerable<string> Below(FolderWalker walker, string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists ? walker.Files(folder).Select(file => file.FullName)
            : DefaultExcludes.IsFile(Path.GetFileName(path)) ? []
            : [path];
    }
}
