using PyEmbed.Manifest;

namespace PyEmbed.Embedding;

/// <summary>The files of a folder on disk, as entries of an archive.</summary>
internal static class DirectoryEntries
{
    private static readonly HashSet<string> Excluded = new(StringComparer.Ordinal) { "__pycache__", ".git", ".hg", ".svn", ".pyembed" };

    /// <summary>Reads the folder's file names; the contents are read when the archive is written.</summary>
    public static List<ArchiveEntry> Read(string root)
    {
        List<ArchiveEntry> entries = [];
        Stack<(DirectoryInfo Folder, string Prefix)> open = new([(new DirectoryInfo(root), "")]);
        while (open.TryPop(out (DirectoryInfo Folder, string Prefix) item))
        {
            foreach (FileSystemInfo child in item.Folder.EnumerateFileSystemInfos())
            {
                string path = item.Prefix + child.Name;
                if (child is FileInfo file)
                {
                    if (!IsRegular(file))
                    {
                        continue;
                    }

                    entries.Add(new ArchiveEntry(path, () => File.ReadAllBytes(file.FullName)));
                }
                else if (child is DirectoryInfo folder && !Excluded.Contains(child.Name) && child.LinkTarget is null)
                {
                    open.Push((folder, path + "/"));
                }
            }
        }

        return entries;
    }

    // To open a named pipe waits for who writes to it; a link that leads nowhere is how editors lock files.
    private static bool IsRegular(FileInfo file) =>
        OperatingSystem.IsWindows() || (NativeHost.IsRegularFile(file.FullName) ?? file.LinkTarget is null);
}
