using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Output;

/// <summary>
/// The files that a manifest's diagnostics name. A build that has nothing to do knows them by the end of the manifest alone: where
/// diagnostics stand, and of which no more is read than a bounded part, however large the tree.
/// </summary>
internal static class DiagnosedFiles
{
    private const int MostBytes = 1 << 16;

    /// <summary>At most some files, each once, in the order of the manifest.</summary>
    /// <param name="manifest">The path of a manifest.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<string> Read(string manifest, int most)
    {
        using FileStream stream = File.OpenRead(manifest);
        bool partial = stream.Length > MostBytes;
        stream.Position = partial ? stream.Length - MostBytes : 0;
        string text = new StreamReader(stream, Encoding.UTF8).ReadToEnd();
        var files = new List<string>();

        // The first line may have lost its beginning.
        int position = partial ? text.IndexOf('\n') + 1 : 0;
        for (int end; files.Count < most && (end = text.IndexOf('\n', position)) >= 0; position = end + 1)
        {
            if (string.CompareOrdinal(text, position, ManifestText.Diagnostic + "\t", 0, ManifestText.Diagnostic.Length + 1) == 0
                && text.Substring(position, end - position).Split('\t') is { Length: > 3 } fields
                && ManifestText.Unescape(fields[3], 0, fields[3].Length) is { Length: > 0 } file
                && !files.Contains(file))
            {
                files.Add(file);
            }
        }

        return files;
    }
}
