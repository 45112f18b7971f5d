using PyEmbed.Embedding;
using PyEmbed.Manifest;
using PyEmbed.Tasks.References;

namespace PyEmbed.Tool.Inputs;

/// <summary>One tree of an input, its index read and its files where they lie. Valid as long as the input is open.</summary>
internal sealed class EmbeddedTree
{
    private readonly Stream data;
    private TreeContents? contents;
    private Dictionary<string, uint>? checksums;

    private EmbeddedTree(Stream data, ArchiveReader archive, BundleManifest? manifest, string assembly, string origin, TreeAttribute? attribute)
    {
        this.data = data;
        Archive = archive;
        Manifest = manifest;
        Assembly = assembly;
        Origin = origin;
        Attribute = attribute;
    }

    /// <summary>The file name of the assembly that holds the tree, such as <c>MyApp.dll</c>; empty for a zip file.</summary>
    public string Assembly { get; }

    /// <summary>Where the tree comes from, as reports of the runtime name it: <c>assembly:/MyApp.dll/mypkg.zip</c>, <c>fs:/folder/mypkg.zip</c>.</summary>
    public string Origin { get; }

    /// <summary>What the assembly's attribute says of the tree; null where there is none.</summary>
    public TreeAttribute? Attribute { get; }

    /// <summary>The distribution's name.</summary>
    public string Distribution => Archive.Info.Distribution;

    /// <summary>The archive. One thread at a time.</summary>
    public ArchiveReader Archive { get; }

    /// <summary>What a bundle says of itself; null for any other tree.</summary>
    public BundleManifest? Manifest { get; }

    /// <summary>The archive's length in bytes.</summary>
    public long Length => data.Length;

    /// <summary>The files and modules.</summary>
    /// <exception cref="ToolException">The index is damaged.</exception>
    public TreeContents Contents => contents ??= Guard(() => TreeContents.Read(Archive));

    /// <summary>Reads the index of a tree.</summary>
    /// <exception cref="ArchiveFormatException">The archive is damaged, has no index, or is of a newer format.</exception>
    /// <exception cref="BundleFormatException">It is a bundle, and its manifest is damaged or of a newer format.</exception>
    public static EmbeddedTree Open(Stream data, string assembly, string origin, TreeAttribute? attribute)
    {
        ArchiveReader archive = ArchiveReader.Open(data, origin);
        return new EmbeddedTree(data, archive, archive.Bundle is null ? null : BundleManifest.Read(archive, origin), assembly, origin, attribute);
    }

    /// <summary>The archive as a stream of its own position, the tree's to close.</summary>
    public Stream OpenArchive()
    {
        data.Position = 0;
        return data;
    }

    /// <summary>The content of a file.</summary>
    /// <exception cref="ToolException">It is damaged.</exception>
    public byte[] Read(TreeFile file) => Guard(() =>
    {
        byte[] content = Archive.Read(file.Record);
        checksums ??= Checksums();
        return checksums.TryGetValue(file.Path, out uint crc) && crc == Crc32.Compute(content)
            ? content
            : throw new ArchiveFormatException(Origin, $"'{file.Path}' is corrupt (CRC-32 differs)");
    });

    private Dictionary<string, uint> Checksums()
    {
        Dictionary<string, uint> found = new(StringComparer.Ordinal);
        foreach (ZipEntry entry in ZipDirectory.Read(data, Origin).Entries)
        {
            found[entry.Name] = entry.Crc;
        }

        return found;
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArchiveFormatException e)
        {
            throw new ToolException(ExitCodes.Input, $"{e.Message} 'pyembed verify' shows what is damaged.", e);
        }
    }
}
