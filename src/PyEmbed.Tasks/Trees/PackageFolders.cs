namespace PyEmbed.Tasks.Trees;

/// <summary>The folders that <c>PythonPackage</c> items name. What lies in them belongs to the trees and to nothing else.</summary>
internal sealed class PackageFolders
{
    private readonly HashSet<string> _folders = new(FilePaths.Comparer);

    public PackageFolders(IEnumerable<PackageItem> items)
    {
        foreach (PackageItem item in items)
        {
            // What a glob matched is a file.
            if (item.RecursiveDir.Length == 0 && Directory.Exists(item.FullPath))
            {
                _folders.Add(FilePaths.Normalize(item.FullPath, ""));
            }
        }
    }

    public bool IsEmpty => _folders.Count == 0;

    /// <summary>Whether the file, by its absolute path, lies in one of the folders, however deep.</summary>
    public bool Contain(string fullPath)
    {
        for (string? folder = Path.GetDirectoryName(fullPath); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (_folders.Contains(folder))
            {
                return true;
            }
        }

        return false;
    }
}
