using System.IO.Compression;
using PyEmbed.Tasks.References;

namespace PyEmbed.Tool.Inputs;

/// <summary>
/// The files in a single-file application: a host program with the files behind it, their list last. The host holds a fixed
/// signature, and before it the list's place (docs/design/features/bundler.md of dotnet/runtime). Versions 1, 2 and 6, and newer ones as long as
/// they look like 6. Every place is checked against the file before it is followed.
/// </summary>
internal sealed class SingleFileBundle
{
    private const int MostFiles = 1 << 16;
    private const int CompressedSince = 6;
    private const long MaximumRatio = 1032;
    private const int PlaceLength = sizeof(long);

    private readonly Stream file;
    private readonly string path;

    private SingleFileBundle(Stream file, string path, IReadOnlyList<BundledFile> files)
    {
        this.file = file;
        this.path = path;
        Files = files;
    }

    /// <summary>The files, in their order.</summary>
    public IReadOnlyList<BundledFile> Files { get; }

    // SHA-256 of ".net core bundle".
    private static ReadOnlySpan<byte> Signature =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>Finds the place of the list in a host program.</summary>
    /// <returns>The place; 0 for a host that has no files behind it; null for any other file.</returns>
    public static long? FindHeader(Stream file)
    {
        // A host that starts an ordinary .dll has the signature too, with 0 before it.
        byte[] window = new byte[1 << 20];
        int kept = 0;
        file.Position = 0;
        while (true)
        {
            int read = file.ReadAtLeast(window.AsSpan(kept), window.Length - kept, throwOnEndOfStream: false);
            Span<byte> seen = window.AsSpan(0, kept + read);
            int at = seen.IndexOf(Signature);
            if (at >= PlaceLength)
            {
                return BitConverter.ToInt64(seen[(at - PlaceLength)..]);
            }

            if (read < window.Length - kept)
            {
                return null;
            }

            kept = PlaceLength + Signature.Length - 1;
            seen[^kept..].CopyTo(window);
        }
    }

    /// <summary>Reads the list.</summary>
    /// <param name="file">The application; stays the caller's, and must stay open.</param>
    /// <param name="header">What <see cref="FindHeader"/> gave.</param>
    /// <param name="path">Names the application in errors.</param>
    /// <exception cref="ToolException">It is damaged.</exception>
    public static SingleFileBundle Open(Stream file, long header, string path)
    {
        if (header < 0 || header >= file.Length)
        {
            throw Damaged(path, "its list of files lies outside it");
        }

        file.Position = header;
        using BinaryReader reader = new(new BufferedStream(new StreamSlice(file, header, file.Length - header), 1 << 16));
        try
        {
            uint version = reader.ReadUInt32();
            _ = reader.ReadUInt32();
            int count = reader.ReadInt32();
            if (version is 0 or > ushort.MaxValue || count is < 0 or > MostFiles)
            {
                throw Damaged(path, "its list of files has no sensible head");
            }

            _ = reader.ReadString();
            if (version >= 2)
            {
                // The places of deps.json and runtimeconfig.json, which are in the list too, and flags.
                reader.ReadBytes(5 * sizeof(long));
            }

            List<BundledFile> files = [];
            for (int i = 0; i < count; i++)
            {
                long offset = reader.ReadInt64(), size = reader.ReadInt64();
                long compressed = version >= CompressedSince ? reader.ReadInt64() : 0;
                BundledFileType type = (BundledFileType)reader.ReadByte();
                string name = reader.ReadString();
                long stored = compressed == 0 ? size : compressed;
                if (offset < 0 || size < 0 || compressed < 0 || stored > file.Length || offset > file.Length - stored)
                {
                    throw Damaged(path, $"its file '{name}' lies outside it");
                }

                files.Add(new BundledFile(name, type, offset, size, compressed));
            }

            return new SingleFileBundle(file, path, files);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or IOException or ArgumentException)
        {
            throw Damaged(path, "its list of files breaks off", e);
        }
    }

    /// <summary>The content of a file: where it lies, or inflated in memory.</summary>
    /// <exception cref="ToolException">It is damaged.</exception>
    public Stream OpenFile(BundledFile item)
    {
        if (item.CompressedSize == 0)
        {
            return new StreamSlice(file, item.Offset, item.Size);
        }

        if (item.Size > Array.MaxLength || item.Size > item.CompressedSize * MaximumRatio)
        {
            throw Damaged(path, $"its file '{item.Path}' claims a size that it cannot have");
        }

        byte[] content = new byte[item.Size];
        try
        {
            using DeflateStream inflater = new(new StreamSlice(file, item.Offset, item.CompressedSize), CompressionMode.Decompress);
            inflater.ReadExactly(content);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(path, $"the compressed data of its file '{item.Path}' is corrupt", e);
        }

        return new MemoryStream(content, writable: false);
    }

    private static ToolException Damaged(string path, string problem, Exception? cause = null) =>
        new(ExitCodes.Input, $"The single-file application '{path}' is damaged: {problem}. Publish or download it again.", cause);
}
