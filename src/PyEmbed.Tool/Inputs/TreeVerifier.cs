using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PyEmbed.Embedding;
using PyEmbed.Manifest;

namespace PyEmbed.Tool.Inputs;

/// <summary>
/// Checks a tree against everything that says something of it: each file against its CRC, the index against the zip's own directory, the hash
/// in the index and in the assembly's attribute against the files, bytecode against its name, names against what systems take, of a bundle the manifest
/// against the files.
/// </summary>
internal sealed class TreeVerifier
{
    // What is not of the tree: the index, and the files of a bundle.
    private const string OwnFolder = ArchiveFormat.IndexFolder + "/";
    private const int LocalHeaderLength = 30;
    private const int BytecodeHeaderLength = 16;
    private const int KnownBytecodeFlags = 3;
    private const byte MarshalCode = (byte)'c';
    private const byte MarshalReference = 0x80;

    // The magic number that a release of CPython writes before its bytecode (Include/internal/pycore_magic_number.h).
    private static readonly Dictionary<string, int> MagicNumbers = new(StringComparer.Ordinal)
    {
        ["cpython-39"] = 3425, ["cpython-310"] = 3439, ["cpython-311"] = 3495, ["cpython-312"] = 3531, ["cpython-313"] = 3571, ["cpython-314"] = 3627,
    };

    private readonly EmbeddedTree tree;
    private readonly CancellationToken cancellation;
    private readonly List<Finding> findings = [];

    private TreeVerifier(EmbeddedTree tree, CancellationToken cancellation)
    {
        this.tree = tree;
        this.cancellation = cancellation;
    }

    /// <summary>Checks all of a tree.</summary>
    /// <returns>What is not right, in the archive's order.</returns>
    public static IReadOnlyList<Finding> Check(EmbeddedTree tree, CancellationToken cancellation)
    {
        TreeVerifier verifier = new(tree, cancellation);
        verifier.CheckAttribute();
        try
        {
            verifier.CheckEntries();
        }
        catch (ArchiveFormatException e)
        {
            verifier.findings.Add(new Finding("", e.Problem));
        }
        catch (ToolException e)
        {
            verifier.findings.Add(new Finding("", e.Message));
        }

        return verifier.findings;
    }

    private void CheckAttribute()
    {
        if (tree.Attribute is not { } attribute)
        {
            return;
        }

        Differs("hash", attribute.Hash, tree.Archive.Hash);
        Differs("name", attribute.Name, tree.Distribution);
        if (attribute.FormatVersion != 0 && attribute.FormatVersion != tree.Archive.FormatVersion)
        {
            findings.Add(new Finding("", $"the assembly's attribute gives the format {attribute.FormatVersion}, the archive {tree.Archive.FormatVersion}"));
        }

        void Differs(string what, string said, string found)
        {
            if (said.Length > 0 && said != found)
            {
                findings.Add(new Finding("", $"the assembly's attribute gives the {what} {said}, the archive {found}"));
            }
        }
    }

    private void CheckEntries()
    {
        Stream stream = tree.OpenArchive();
        (IReadOnlyList<ZipEntry> entries, long directory, _) = ZipDirectory.Read(stream, tree.Origin);
        Dictionary<string, ArchiveRecord> indexed = tree.Contents.Files.ToDictionary(file => file.Path, file => file.Record, StringComparer.Ordinal);
        foreach ((string path, ArchiveRecord record) in tree.Archive.Bundle ?? new Dictionary<string, ArchiveRecord>())
        {
            indexed[OwnFolder + path] = record;
        }

        Dictionary<string, string> described = Described(indexed);
        HashSet<string> seen = new(StringComparer.Ordinal);
        Dictionary<string, string> folded = new(StringComparer.OrdinalIgnoreCase);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool complete = true;
        foreach (ZipEntry entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isIndex = entry.Name == ArchiveFormat.IndexPath;
            bool isFolder = tree.Archive.Bundle is not null && entry.Name.EndsWith('/') && entry.Size == 0;
            bool isOwn = entry.Name.StartsWith(OwnFolder, StringComparison.Ordinal) && indexed.ContainsKey(entry.Name);
            if (!isIndex && !isFolder && !isOwn)
            {
                CheckName(entry.Name, seen, folded);
            }

            byte[] content;
            try
            {
                content = ArchiveVerifier.ReadEntry(stream, entry, directory, tree.Origin);
            }
            catch (ArchiveFormatException e)
            {
                findings.Add(new Finding(entry.Name, e.Problem));
                complete = false;
                indexed.Remove(entry.Name);
                continue;
            }

            if (isIndex)
            {
                continue;
            }

            Append(hash, entry, content);
            if (isFolder)
            {
                continue; // The index has no entries for folders; zipimport finds namespace packages by them.
            }

            if (!indexed.Remove(entry.Name, out ArchiveRecord record))
            {
                findings.Add(new Finding(entry.Name, "it is in the archive and not in its index"));
            }
            else if (record.Offset != entry.Offset + LocalHeaderLength + entry.NameBytes.Length || record.StoredSize != entry.StoredSize || record.Size != entry.Size
                || (record.Kind == ArchiveRecordKind.Deflated) != (entry.Method == 8))
            {
                findings.Add(new Finding(entry.Name, "the index says otherwise where it lies than the archive's directory"));
            }

            if (described.TryGetValue(entry.Name, out string? digest) && digest != Hex(SHA256.HashData(content)))
            {
                findings.Add(new Finding(entry.Name, "its hash is not the one in the bundle's manifest"));
            }

            if (entry.Name.EndsWith(".pyc", StringComparison.Ordinal))
            {
                CheckBytecode(entry.Name, content);
            }
        }

        foreach (string path in indexed.Keys)
        {
            findings.Add(new Finding(path, "it is in the index and not in the archive"));
        }

        if (complete && Hex(hash.GetHashAndReset()) is var computed && computed != tree.Archive.Hash)
        {
            findings.Add(new Finding("", $"the hash of its files is {computed}, and its index gives {tree.Archive.Hash}"));
        }
    }

    // The hashes that a bundle's manifest gives, by path. What it tells of and is not there is found here.
    private Dictionary<string, string> Described(Dictionary<string, ArchiveRecord> indexed)
    {
        Dictionary<string, string> hashes = new(StringComparer.Ordinal);
        if (tree.Manifest is not { } manifest)
        {
            return hashes;
        }

        foreach ((string name, string digest) in manifest.Modules.Where(module => module.Value.Length > 0))
        {
            string path = name.Replace('.', '/'), package = path + "/__init__.py";
            path = indexed.ContainsKey(package) ? package : path + ".py";
            hashes[path] = digest;
            if (!indexed.ContainsKey(path))
            {
                findings.Add(new Finding(path, $"the bundle's manifest has the module '{name}', and the archive has no source of it"));
            }
        }

        foreach ((string name, string digest) in manifest.Data)
        {
            string path = $"{OwnFolder}data/{digest}";
            hashes[path] = digest;
            if (!indexed.ContainsKey(path))
            {
                findings.Add(new Finding(path, $"the bundle's manifest has the data '{name}', and the archive has not"));
            }
        }

        HashSet<string> placed = new(manifest.Files, StringComparer.Ordinal);
        findings.AddRange(tree.Contents.Files.Where(file => !placed.Contains(file.Path)).Select(file => new Finding(file.Path, "the bundle's manifest does not say where it lay")));
        findings.AddRange(placed.Where(path => !indexed.ContainsKey(path)).Select(path => new Finding(path, "it is in the bundle's manifest and not in the archive")));
        return hashes;
    }

    private static string Hex(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();

    private void CheckName(string path, HashSet<string> seen, Dictionary<string, string> folded)
    {
        if (ArchivePath.Problem(path) is { } unsafeName)
        {
            findings.Add(new Finding(path, $"no file may have this name: {unsafeName}"));
        }
        else if (!seen.Add(path))
        {
            findings.Add(new Finding(path, "it is there twice"));
        }
        else if (PortableName.Problem(path) is { } problem)
        {
            findings.Add(new Finding(path, $"not every system can have this name: {problem}", IsDamage: false));
        }
        else if (!folded.TryAdd(path.Normalize(NormalizationForm.FormC), path))
        {
            findings.Add(new Finding(path, $"not every system can have it beside '{folded[path.Normalize(NormalizationForm.FormC)]}'", IsDamage: false));
        }
    }

    private void CheckBytecode(string path, byte[] content)
    {
        if (content.Length <= BytecodeHeaderLength)
        {
            findings.Add(new Finding(path, "it is too short to be bytecode"));
            return;
        }

        int magic = BinaryPrimitives.ReadUInt16LittleEndian(content);
        if (content[2] != '\r' || content[3] != '\n')
        {
            findings.Add(new Finding(path, "it does not begin as bytecode does"));
        }
        else if (TreeBytecode.TryParse(path[(path.LastIndexOf('/') + 1)..], out _, out string tag, out _)
            && MagicNumbers.TryGetValue(tag, out int expected) && magic != expected)
        {
            findings.Add(new Finding(path, $"its magic number is {magic}; that of CPython {TreeBytecode.VersionOf(tag)} is {expected}"));
        }
        else if (BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(4)) > KnownBytecodeFlags)
        {
            findings.Add(new Finding(path, "its header has flags that CPython does not know"));
        }
        else if ((content[BytecodeHeaderLength] & ~MarshalReference) != MarshalCode)
        {
            findings.Add(new Finding(path, "it holds no code object"));
        }
    }

    // docs/formats.md, section 1: hash.
    private static void Append(IncrementalHash hash, ZipEntry entry, byte[] content)
    {
        Span<byte> length = stackalloc byte[1 + sizeof(long)];
        length[0] = 0;
        BinaryPrimitives.WriteInt64LittleEndian(length[1..], content.Length);
        hash.AppendData(entry.NameBytes);
        hash.AppendData(length);
        hash.AppendData(SHA256.HashData(content));
    }
}
