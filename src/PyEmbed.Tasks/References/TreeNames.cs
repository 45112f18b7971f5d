using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.References;

/// <summary>The names that a tree has for itself: its regular packages and modules, as far as namespace packages, also those of the older styles, reach above them.</summary>
/// <param name="Distribution">The tree's name.</param>
/// <param name="Owner">The assembly that holds it.</param>
/// <param name="Hash">The tree's content hash.</param>
/// <param name="Names">Their dotted names. What is inside a regular package is not listed: the package as a whole is somebody's.</param>
internal sealed record TreeNames(string Distribution, string Owner, string Hash, IReadOnlyCollection<string> Names)
{
    private const string Init = "__init__";

    /// <summary>Reads the names from an archive's index.</summary>
    /// <param name="reader">The archive.</param>
    /// <param name="owner">The assembly that holds it.</param>
    /// <exception cref="ArchiveFormatException">The archive is corrupt.</exception>
    public static TreeNames Read(ArchiveReader reader, string owner)
    {
        var folders = new HashSet<string>(reader.Folders, StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        Collect(reader, folders, "", "", names);
        return new TreeNames(reader.Info.Distribution, owner, reader.Hash, names);
    }

    private static void Collect(ArchiveReader reader, HashSet<string> folders, string folder, string prefix, HashSet<string> names)
    {
        foreach (ArchiveRecord record in reader.ReadFolder(folder))
        {
            if (record.Kind != ArchiveRecordKind.Folder)
            {
                if (NameOf(record.Name) is { } module and not Init)
                {
                    names.Add(prefix + module);
                }

                continue;
            }

            // Metadata, caches and the like: nothing there can be imported by a name.
            string path = folder.Length == 0 ? record.Name : folder + "/" + record.Name;
            if (!ModuleName.IsIdentifier(record.Name) || record.Name == "__pycache__" || !folders.Contains(path))
            {
                continue;
            }

            List<ArchiveRecord> inits = reader.ReadFolder(path).Where(file => file.Kind != ArchiveRecordKind.Folder && NameOf(file.Name) == Init).ToList();
            if (inits.Count > 0 && !inits.Any(init => init.Name == Init + ".py" && NamespaceDeclaration.IsIn(reader.Read(init))))
            {
                names.Add(prefix + record.Name);
            }
            else
            {
                Collect(reader, folders, path, prefix + record.Name + ".", names);
            }
        }
    }

    // A loose .pyc file is imported as its source would be.
    private static string? NameOf(string file) =>
        ModuleName.FromPath(file.EndsWith(".pyc", StringComparison.Ordinal) ? file.Substring(0, file.Length - 1) : file, out _);
}
