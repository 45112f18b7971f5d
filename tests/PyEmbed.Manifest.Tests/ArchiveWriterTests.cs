using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class ArchiveWriterTests
{
    [TestMethod]
    public void Zip_tools_open_it_and_find_every_file_and_the_index_last()
    {
        using var zip = new ZipArchive(new MemoryStream(ArchiveSamples.Write()));

        Assert.AreEqual(".pyembed/index", zip.Entries[^1].FullName);
        Assert.HasCount(ArchiveSamples.Files.Count + 1, zip.Entries);
        foreach ((string path, string content) in ArchiveSamples.Files)
        {
            ZipArchiveEntry entry = zip.GetEntry(path)!;
            using var reader = new StreamReader(entry.Open());
            Assert.AreEqual(content, reader.ReadToEnd());
            Assert.AreEqual(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime);
            Assert.AreEqual(0x81A4, entry.ExternalAttributes >>> 16);
            Assert.AreEqual(entry.Length, entry.CompressedLength);
        }
    }

    [TestMethod]
    public void Entries_are_sorted_by_their_utf8_bytes()
    {
        using var zip = new ZipArchive(new MemoryStream(ArchiveSamples.Write()));

        string[] names = zip.Entries.Select(entry => entry.FullName).SkipLast(1).ToArray();
        string[] expected = names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(expected, names);
    }

    [TestMethod]
    public void The_order_of_the_input_does_not_matter()
    {
        byte[] archive = ArchiveSamples.Write();

        CollectionAssert.AreEqual(archive, ArchiveSamples.Write(ArchiveSamples.Files.Reverse()));
    }

    [TestMethod]
    public void The_hash_is_the_documented_one()
    {
        var expected = new MemoryStream();
        foreach ((string path, string text) in ArchiveSamples.Files.OrderBy(file => Convert.ToHexString(Encoding.UTF8.GetBytes(file.Key)), StringComparer.Ordinal))
        {
            byte[] content = Encoding.UTF8.GetBytes(text);
            var length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
            expected.Write([.. Encoding.UTF8.GetBytes(path), 0, .. length, .. SHA256.HashData(content)]);
        }

        string hash = ArchiveWriter.Write(Stream.Null, ArchiveSamples.Info, ArchiveSamples.Entries(ArchiveSamples.Files));

        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(expected.ToArray())), hash);
        Assert.AreEqual(hash, ArchiveSamples.Open(ArchiveSamples.Write()).Hash);
    }

    [TestMethod]
    public void Only_the_content_decides_the_hash()
    {
        string hash = ArchiveSamples.Open(ArchiveSamples.Write()).Hash;

        Assert.AreEqual(hash, ArchiveSamples.Open(ArchiveSamples.Write(info: ArchiveSamples.Info with { Distribution = "other" })).Hash);
        Assert.AreNotEqual(hash, ArchiveSamples.Open(ArchiveSamples.Write(ArchiveSamples.Files.Skip(1))).Hash);
    }

    [TestMethod]
    public void Entries_are_deflated_where_that_pays()
    {
        var random = new Random(1);
        Dictionary<string, string> files = new()
        {
            ["long.py"] = string.Concat(Enumerable.Range(0, 400).Select(i => $"VALUE_{i} = {i}\n")),
            ["short.py"] = new string('#', 120),
            ["noise.txt"] = string.Concat(Enumerable.Range(0, 1000).Select(_ => (char)random.Next(128))),
            ["pkg/empty.py"] = "",
        };
        byte[] stored = ArchiveSamples.Write(files);

        byte[] archive = ArchiveSamples.Write(files, deflate: true);

        ArchiveReader reader = ArchiveSamples.Open(archive);
        Assert.AreEqual(ArchiveSamples.Open(stored).Hash, reader.Hash);
        using var zip = new ZipArchive(new MemoryStream(archive));
        foreach ((string path, string content) in files)
        {
            bool isDeflated = path == "long.py";
            Assert.IsTrue(reader.TryFind(path, out ArchiveRecord record));
            Assert.AreEqual(isDeflated ? ArchiveRecordKind.Deflated : ArchiveRecordKind.Stored, record.Kind, path);
            Assert.AreEqual(content, Encoding.UTF8.GetString(reader.Read(record)));
            ZipArchiveEntry entry = zip.GetEntry(path)!;
            using var text = new StreamReader(entry.Open());
            Assert.AreEqual(content, text.ReadToEnd());
            Assert.AreEqual(record.StoredSize, entry.CompressedLength);
        }

        ZipArchiveEntry index = zip.Entries[^1];
        Assert.AreEqual(index.Length, index.CompressedLength);
        Assert.IsLessThan(stored.Length, archive.Length);
        CollectionAssert.AreEqual(archive, ArchiveSamples.Write(files, deflate: true));
    }

    [TestMethod]
    public void Each_content_is_read_once_and_in_order()
    {
        var reads = new List<string>();
        var entries = new[] { "b", "a", "c" }.Select(path => new ArchiveEntry(path, () =>
        {
            reads.Add(path);
            return [];
        })).ToList();

        ArchiveWriter.Write(Stream.Null, ArchiveSamples.Info, entries);

        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, reads);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("/etc/passwd")]
    [DataRow("a/../b")]
    [DataRow("a//b")]
    [DataRow("./a")]
    [DataRow("a\\b")]
    [DataRow("a\0b")]
    [DataRow(".pyembed/index")]
    [DataRow(".pyembed")]
    public void Paths_that_lead_elsewhere_are_refused(string path)
    {
        ArgumentException e = Assert.ThrowsExactly<ArgumentException>(() => ArchiveSamples.Write([new(path, "")]));

        StringAssert.Contains(e.Message, $"'{path}' cannot be a path in the archive 'sample'");
    }

    [TestMethod]
    public void A_path_that_is_no_text_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => ArchiveSamples.Write([new("a\ud800", "")]));

    [TestMethod]
    [DataRow("a", "a")]
    [DataRow("a", "a/b")]
    [DataRow("a/b", "a/b/c/d")]
    public void Paths_that_exclude_each_other_are_refused(string one, string other)
    {
        Assert.ThrowsExactly<ArgumentException>(() => ArchiveSamples.Write([new(one, ""), new(other, "")]));
        Assert.ThrowsExactly<ArgumentException>(() => ArchiveSamples.Write([new(other, ""), new(one, "")]));
    }

    [TestMethod]
    public void A_tree_that_does_not_fit_is_refused_by_name()
    {
        int length = ArchiveSamples.Write().Length;

        long room = length + 200;
        ArchiveWriter.Write(Stream.Null, ArchiveSamples.Info, ArchiveSamples.Entries(ArchiveSamples.Files), maximumLength: room);
        ArchiveTooLargeException e = Assert.ThrowsExactly<ArchiveTooLargeException>(
            () => ArchiveWriter.Write(Stream.Null, ArchiveSamples.Info, ArchiveSamples.Entries(ArchiveSamples.Files), maximumLength: length - 1));

        StringAssert.Contains(e.Message, "'sample' is larger than the 2 GiB");
    }

    [TestMethod]
    [DataRow(65_533)]
    [DataRow(65_534)]
    [DataRow(65_535)]
    [DataRow(70_000)]
    public void More_entries_than_sixteen_bits_count_are_all_found(int count)
    {
        var entries = Enumerable.Range(0, count).Select(i => new ArchiveEntry($"p{i % 97}/m{i}.py", () => [])).ToList();
        var stream = new MemoryStream();

        ArchiveWriter.Write(stream, ArchiveSamples.Info, entries);

        using var zip = new ZipArchive(new MemoryStream(stream.ToArray()));
        Assert.HasCount(count + 1, zip.Entries);
        ArchiveReader reader = ArchiveSamples.Open(stream.ToArray());
        Assert.HasCount(97 + 1, reader.Folders);
        Assert.AreEqual(count, reader.Folders.Sum(folder => reader.ReadFolder(folder).Count(record => record.Kind == ArchiveRecordKind.Stored)));
    }
}
