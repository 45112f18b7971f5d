namespace PyEmbed.Tasks.Trees;

/// <summary>The folders that <c>PythonPackage</c> items name. What lies in them belongs to the trees and to nothing else.</summary>
internal sealed class PackageFolders
{
    private readonly HashSet<string> _folders = new(FilePaths.Comparer);

    /// <summary>Takes the folders among files and folders.</summary>
    /// <param name="fullPaths">Absolute paths.</param>
    public PackageFolders(IEnumerable<string> fullPaths)
    {
        foreach (string path in fullPaths.Where(Directory.Exists))
        {
            _folders.Add(FilePaths.Normalize(path, ""));
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
