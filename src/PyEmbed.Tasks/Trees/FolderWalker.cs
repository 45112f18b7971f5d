namespace PyEmbed.Tasks.Trees;

/// <summary>Lists the files below a folder without what <see cref="DefaultExcludes"/> and the project's own output exclude.</summary>
/// <param name="excludedFolders">Normalized paths of folders that are left out.</param>
/// <param name="record">Is told what is found.</param>
internal sealed class FolderWalker(IReadOnlyCollection<string> excludedFolders, WalkRecord record)
{
    private readonly HashSet<string> _excluded = new(excludedFolders, FilePaths.Comparer);

    public IEnumerable<FileInfo> Files(DirectoryInfo folder)
    {
        List<FileSystemInfo> entries = record.AddFolder(folder.FullName);
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            entries.Add(entry);
            if (entry is FileInfo file)
            {
                if (!DefaultExcludes.IsFile(file.Name))
                {
                    yield return file;
                }
            }
            else if (entry is DirectoryInfo child && !IsExcluded(child) && !LeadsBack(child))
            {
                foreach (FileInfo below in Files(child))
                {
                    yield return below;
                }
            }
        }
    }

    private bool IsExcluded(DirectoryInfo folder) =>
        DefaultExcludes.IsFolder(folder.Name) || _excluded.Contains(folder.FullName) || DefaultExcludes.IsVirtualEnvironment(folder.FullName, record);

    // A link to a folder above itself would be walked for ever.
    private static bool LeadsBack(DirectoryInfo folder)
    {
        if (!FileLinks.IsLink(folder))
        {
            return false;
        }

        // Where the runtime cannot tell the target, the link is not followed.
        string? target = FileLinks.Target(folder)?.FullName;
        return target is null || target == folder.FullName || FilePaths.Below(FilePaths.Normalize(target, ""), folder.FullName) is not null
            || EnclosingLinkLeadsTo(folder.Parent, target);
    }

    // Through two links that point at each other's folders, the path grows without ever being below its own target.
    private static bool EnclosingLinkLeadsTo(DirectoryInfo? folder, string target)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (FileLinks.Target(folder)?.FullName is string outer
                && (outer == target || FilePaths.Below(target, outer) is not null))
            {
                return true;
            }
        }

        return false;
    }
}
