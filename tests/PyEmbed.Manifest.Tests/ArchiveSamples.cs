using System.Text;

namespace PyEmbed.Manifest.Tests;

/// <summary>Archives that several tests look at.</summary>
internal static class ArchiveSamples
{
    public static readonly TreeInfo Info = new("sample", TreePlacement.App, MaterializeMode.Auto, new Dictionary<string, FileUse> { ["äpkg/\ue000.py"] = FileUse.OtherPlaces | FileUse.Code, ["pkg/__init__.py"] = FileUse.OwnPlace });

    public static readonly IReadOnlyDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["pkg/__init__.py"] = "",
        ["pkg/sub/deep/data.txt"] = "datum",
        ["pkg/core.py"] = "VALUE = 1\n",
        ["pkg/__pycache__/core.cpython-311.pyc"] = "bytecode",
        ["native.so"] = "elf",
        ["loose.pyc"] = "bytecode",
        ["äpkg/\ue000.py"] = "a = 1\n",
        ["äpkg/\U0001F40D.py"] = "b = 1\n",
    };

    public static byte[] Write(IEnumerable<KeyValuePair<string, string>>? files = null, TreeInfo? info = null, bool deflate = false)
    {
        var stream = new MemoryStream();
        ArchiveWriter.Write(stream, info ?? Info, Entries(files ?? Files), deflate);
        return stream.ToArray();
    }

    public static List<ArchiveEntry> Entries(IEnumerable<KeyValuePair<string, string>> files) =>
        files.Select(file => new ArchiveEntry(file.Key, () => Encoding.UTF8.GetBytes(file.Value))).ToList();

    public static ArchiveReader Open(byte[] archive) => ArchiveReader.Open(new MemoryStream(archive), "sample.zip");
}
