using System.Text;

namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class Crc32Tests
{
    [TestMethod]
    [DataRow("", 0u)]
    [DataRow("123456789", 0xCBF43926u)]
    [DataRow("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Gives_the_published_values(string text, uint expected) =>
        Assert.AreEqual(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));
}
