using System.Security.Cryptography;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>Reads the files of trees.</summary>
internal static class SourceReader
{
    /// <exception cref="SourceChangedException">The file cannot be read.</exception>
    public static byte[] Read(TreeFile file)
    {
        // It may be a pipe, and to open one waits for a writer.
        if (file.Length == 0)
        {
            return [];
        }

        try
        {
            return File.ReadAllBytes(file.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceChangedException(file.FullPath, $"'{file.FullPath}' cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "No such file or directory." : e.Message)}");
        }
    }

    /// <summary>The lines of a UTF-8 text.</summary>
    /// <exception cref="SourceChangedException">The file cannot be read.</exception>
    public static IEnumerable<string> ReadLines(TreeFile file)
    {
        using var reader = new StreamReader(new MemoryStream(Read(file)));
        while (reader.ReadLine() is string line)
        {
            yield return line;
        }
    }

    /// <summary>Reads a file that was checked, and makes sure that this is what was checked.</summary>
    /// <exception cref="SourceChangedException">The file cannot be read or has another content.</exception>
    public static byte[] Read(TreeFile file, string sha256)
    {
        byte[] content = Read(file);
        return Sha256(content) == sha256
            ? content
            : throw new SourceChangedException(file.FullPath, $"'{file.FullPath}' changed during the build; build again.");
    }

    public static string Sha256(byte[] content)
    {
        using var hash = SHA256.Create();
        return BitConverter.ToString(hash.ComputeHash(content)).Replace("-", "").ToLowerInvariant();
    }
}
