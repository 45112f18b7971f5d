namespace PyEmbed.Tasks.Trees;

/// <summary>What never belongs into a tree, wherever it lies below its root: caches, bytecode, version control, editors' files.</summary>
internal static class DefaultExcludes
{
    private static readonly HashSet<string> s_folders = new(StringComparer.Ordinal)
    {
        "__pycache__", ".git", ".hg", ".svn", ".bzr", ".idea", ".vs", ".vscode",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", ".tox", ".nox", ".venv",
    };

    private static readonly HashSet<string> s_files = new(StringComparer.Ordinal)
    {
        ".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".gitignore", ".gitattributes", ".gitmodules", ".hgignore",
    };

    public static bool IsFolder(string name) => s_folders.Contains(name);

    public static bool IsFile(string name) =>
        s_files.Contains(name)
        || name.EndsWith("~", StringComparison.Ordinal)
        || name.EndsWith(".swp", StringComparison.Ordinal)
        || name.EndsWith(".swo", StringComparison.Ordinal)
        || name.EndsWith(".pyc", StringComparison.Ordinal)
        || name.EndsWith(".pyo", StringComparison.Ordinal)
        || name.StartsWith(".#", StringComparison.Ordinal);

    /// <summary>Whether the folder on disk is a virtual environment, whatever its name.</summary>
    public static bool IsVirtualEnvironment(string folder, WalkRecord record) => record.FileExists(Path.Combine(folder, "pyvenv.cfg"));
}
