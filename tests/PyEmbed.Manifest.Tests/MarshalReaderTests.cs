namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class MarshalReaderTests
{
    [TestMethod]
    public void Reads_what_was_written()
    {
        var writer = new MarshalWriter();
        writer.BeginTuple(2);
        writer.WriteString("ä\U0001F40D");
        writer.BeginDict();
        writer.WriteInt(-7);
        writer.WriteBytes([1, 2]);
        writer.WriteInt(int.MaxValue);
        writer.WriteNone();
        writer.EndDict();

        var reader = new MarshalReader(writer.ToArray());

        Assert.AreEqual(2, reader.BeginTuple());
        Assert.AreEqual("ä\U0001F40D", reader.ReadString());
        reader.BeginDict();
        Assert.IsFalse(reader.TryEndDict());
        Assert.AreEqual(-7, reader.ReadInt());
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, reader.ReadBytes());
        Assert.AreEqual(int.MaxValue, reader.ReadInt());
        Assert.IsTrue(reader.TryReadNone());
        Assert.IsTrue(reader.TryEndDict());
        Assert.IsTrue(reader.AtEnd);
    }

    [TestMethod]
    [DataRow(new byte[] { })]
    [DataRow(new byte[] { (byte)'u' })]
    [DataRow(new byte[] { (byte)'u', 1, 0, 0 })]
    [DataRow(new byte[] { (byte)'u', 1, 0, 0, 0 })]
    [DataRow(new byte[] { (byte)'u', 0xFF, 0xFF, 0xFF, 0xFF })]
    [DataRow(new byte[] { (byte)'u', 0xFF, 0xFF, 0xFF, 0x7F, 0 })]
    [DataRow(new byte[] { (byte)'u', 1, 0, 0, 0, 0xFF })]
    [DataRow(new byte[] { (byte)'s', 0, 0, 0, 0 })]
    public void Refuses_what_is_no_string(byte[] data) =>
        Assert.ThrowsExactly<FormatException>(() => new MarshalReader(data).ReadString());
}
