namespace PyEmbed.Tasks.Trees;

/// <summary>Infers the folder whose content is importable: the entry that would be on <c>sys.path</c>.</summary>
/// <param name="record">Is told what is found.</param>
internal sealed class ModuleRoot(WalkRecord record)
{
    private readonly Dictionary<string, string> _known = new(FilePaths.Comparer);

    /// <summary>
    /// For a folder item the folder, for a file its folder, for a glob its fixed part: moved up while it holds an <c>__init__.py</c>,
    /// because then it is a package and not yet a root. Metadata folders (<c>*.dist-info</c>) are never roots either.
    /// </summary>
    public string Infer(string folder)
    {
        if (!_known.TryGetValue(folder, out string? root))
        {
            root = folder;
            while ((IsMetadata(root) || record.FileExists(Path.Combine(root, "__init__.py"))) && Path.GetDirectoryName(root) is string parent)
            {
                root = parent;
            }

            _known.Add(folder, root);
        }

        return root;
    }

    private static bool IsMetadata(string folder) =>
        folder.EndsWith(".dist-info", StringComparison.Ordinal) || folder.EndsWith(".egg-info", StringComparison.Ordinal);
}
