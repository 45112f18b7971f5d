using System.IO.Compression;

namespace PyEmbed.Manifest;

/// <summary>Deflates what becomes worth inflating at each import.</summary>
internal static class Deflater
{
    private const int LeastSaving = 128;

    /// <summary>The content as raw deflate data; null unless that is smaller by 128 bytes and by 10 % at least.</summary>
    public static byte[]? Deflate(byte[] content)
    {
        int most = content.Length - Math.Max(LeastSaving, (content.Length + 9) / 10);
        if (most <= 0)
        {
            return null;
        }

        using var data = new MemoryStream();
        using (var deflater = new DeflateStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(content, 0, content.Length);
        }

        return data.Length <= most ? data.ToArray() : null;
    }
}
