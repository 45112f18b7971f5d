using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class ArchiveReaderTests
{
    [TestMethod]
    public void Gives_back_what_was_written()
    {
        TreeInfo info = ArchiveSamples.Info with { Placement = TreePlacement.Library, Materialize = MaterializeMode.Data };

        ArchiveReader reader = ArchiveSamples.Open(ArchiveSamples.Write(info: info));

        Assert.AreEqual("sample", reader.Info.Distribution);
        Assert.AreEqual(TreePlacement.Library, reader.Info.Placement);
        Assert.AreEqual(MaterializeMode.Data, reader.Info.Materialize);
        CollectionAssert.AreEquivalent(info.FileUsers!.ToArray(), reader.Info.FileUsers!.ToArray());
        Assert.IsNull(ArchiveSamples.Open(ArchiveSamples.Write(info: info with { FileUsers = null })).Info.FileUsers);
        Assert.AreEqual((0, null), (reader.Info.Optimize, reader.Info.Stripped));
        TreeInfo stripped = ArchiveSamples.Open(ArchiveSamples.Write(info: info with { FileUsers = null, Optimize = 1, Stripped = ["cpython-39", "cpython-311"] })).Info;
        Assert.AreEqual((1, "cpython-39 cpython-311"), (stripped.Optimize, string.Join(' ', stripped.Stripped!)));
        foreach ((string path, string content) in ArchiveSamples.Files)
        {
            Assert.IsTrue(reader.TryFind(path, out ArchiveRecord record), path);
            Assert.AreEqual(content, Encoding.UTF8.GetString(reader.Read(record)));
        }
    }

    [TestMethod]
    public void Lists_every_folder_and_its_names()
    {
        ArchiveReader reader = ArchiveSamples.Open(ArchiveSamples.Write());

        CollectionAssert.AreEqual(new[] { "", "pkg", "pkg/__pycache__", "pkg/sub", "pkg/sub/deep", "äpkg" }, reader.Folders.ToArray());
        CollectionAssert.AreEqual(
            new[] { "loose.pyc:Stored", "native.so:Stored", "pkg:Folder", "äpkg:Folder" },
            reader.ReadFolder("").Select(record => $"{record.Name}:{record.Kind}").ToArray());
        Assert.ThrowsExactly<KeyNotFoundException>(() => reader.ReadFolder("none"));
    }

    [TestMethod]
    [DataRow("pkg")]
    [DataRow("pkg/none.py")]
    [DataRow("none/none.py")]
    [DataRow("")]
    public void Finds_no_file_where_there_is_none(string path) =>
        Assert.IsFalse(ArchiveSamples.Open(ArchiveSamples.Write()).TryFind(path, out _));

    [TestMethod]
    public void An_empty_tree_is_an_archive()
    {
        ArchiveReader reader = ArchiveSamples.Open(ArchiveSamples.Write([]));

        CollectionAssert.AreEqual(new[] { "" }, reader.Folders.ToArray());
        Assert.IsEmpty(reader.ReadFolder(""));
    }

    [TestMethod]
    public void Every_corrupt_byte_of_the_index_and_the_end_is_noticed()
    {
        byte[] archive = ArchiveSamples.Write();
        int indexEnd = CentralDirectory(archive);
        int bodyLength = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(indexEnd - 20));
        int accepted = 0;
        for (int i = indexEnd - 20 - bodyLength; i < indexEnd; i++)
        {
            byte[] corrupt = (byte[])archive.Clone();
            corrupt[i] ^= 0x10;
            try
            {
                ArchiveSamples.Open(corrupt);
                accepted++;
            }
            catch (ArchiveFormatException e)
            {
                StringAssert.Contains(e.Message, "'sample.zip'");
            }
        }

        // The two spare bytes of the trailer mean nothing in this version.
        Assert.AreEqual(2, accepted);
    }

    [TestMethod]
    public void Every_truncation_is_noticed()
    {
        byte[] archive = ArchiveSamples.Write();
        for (int length = 0; length < archive.Length; length++)
        {
            Assert.ThrowsExactly<ArchiveFormatException>(() => ArchiveSamples.Open(archive[..length]));
        }
    }

    [TestMethod]
    public void A_newer_format_is_refused_by_naming_both_versions()
    {
        byte[] archive = ArchiveSamples.Write();
        archive[CentralDirectory(archive) - 12] = 7;

        ArchiveFormatException e = Assert.ThrowsExactly<NewerArchiveFormatException>(() => ArchiveSamples.Open(archive));

        StringAssert.Contains(e.Message, "format version 7");
        StringAssert.Contains(e.Message, "versions up to 1");
    }

    [TestMethod]
    public void A_foreign_zip_has_no_index()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("a.py");
        }

        ArchiveFormatException e = Assert.ThrowsExactly<ArchiveFormatException>(() => ArchiveSamples.Open(stream.ToArray()));

        StringAssert.Contains(e.Message, "no PyEmbed index");
    }

    [TestMethod]
    [DataRow(0, int.MaxValue, 1)]
    [DataRow(0, -1, 1)]
    [DataRow(0, 1, int.MaxValue)]
    [DataRow(0, 1, -1)]
    [DataRow(1, 1, 1)]
    [DataRow(2, 1, 1)]
    [DataRow(1, 0, 1, int.MaxValue)]
    [DataRow(1, 0, int.MaxValue, 1)]
    public void Records_that_lie_outside_the_archive_are_refused(params int[] fields)
    {
        ArchiveReader reader = ArchiveSamples.Open(Forge([], fields));

        ArchiveFormatException e = Assert.ThrowsExactly<ArchiveFormatException>(() => reader.ReadFolder(""));

        StringAssert.Contains(e.Message, "'f'");
    }

    [TestMethod]
    public void Deflated_files_are_inflated()
    {
        byte[] content = Encoding.UTF8.GetBytes(new string('x', 10_000));
        var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(content);
        }

        byte[] data = deflated.ToArray();
        ArchiveReader reader = ArchiveSamples.Open(Forge(data, 1, 0, data.Length, content.Length));
        Assert.IsTrue(reader.TryFind("f", out ArchiveRecord record));
        CollectionAssert.AreEqual(content, reader.Read(record));

        foreach (int wrongSize in new[] { content.Length - 1, content.Length + 1 })
        {
            ArchiveReader wrong = ArchiveSamples.Open(Forge(data, 1, 0, data.Length, wrongSize));
            Assert.IsTrue(wrong.TryFind("f", out record));
            Assert.ThrowsExactly<ArchiveFormatException>(() => wrong.Read(record));
        }
    }

    private static int CentralDirectory(byte[] archive) => BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(archive.Length - 6));

    /// <summary>An archive of which the index gives the record <paramref name="fields"/> for the file <c>f</c>.</summary>
    private static byte[] Forge(byte[] data, params int[] fields)
    {
        var table = new MarshalWriter();
        table.BeginDict();
        table.WriteString("");
        table.WriteInt(0);
        table.WriteString("f");
        table.BeginTuple(fields.Length);
        foreach (int field in fields)
        {
            table.WriteInt(field);
        }

        table.EndDict();
        var body = new MarshalWriter();
        body.BeginTuple(2);
        body.BeginDict();
        foreach (string text in new[] { "distribution", "d", "hash", "h", "placement", "app", "materialize", "auto", "file_users" })
        {
            body.WriteString(text);
        }

        body.BeginDict();
        body.EndDict();
        body.EndDict();
        body.BeginDict();
        body.WriteString("");
        body.WriteBytes(table.ToArray());
        body.EndDict();
        byte[] index = body.ToArray();
        return new ByteBuffer()
            .Bytes(data).Bytes(index).UInt32((uint)index.Length).UInt32(Crc32.Compute(index)).UInt16(1).UInt16(0).Bytes(ArchiveFormat.Magic)
            .UInt32(ArchiveFormat.EndRecordSignature).UInt32(0).UInt32(0).UInt32(0).UInt32((uint)(data.Length + index.Length + 20)).UInt16(0)
            .ToArray();
    }
}
