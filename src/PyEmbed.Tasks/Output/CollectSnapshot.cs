using System.Text;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>
/// The short way to find that there is nothing to do: what the last complete run was given, found on disk and left behind. Where
/// it does not hold, <see cref="CollectState"/> decides; a snapshot that cannot be read is none.
/// </summary>
internal sealed class CollectSnapshot(string outputDirectory)
{
    private const string FileName = "PyEmbed.snapshot";

    private readonly string _path = Path.Combine(outputDirectory, FileName);

    /// <summary>The archives, all current, or null where that is not certain.</summary>
    /// <param name="given">Everything but the disk that decides the outputs.</param>
    public List<ArchiveOutput>? Find(string given)
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(File.ReadAllBytes(_path)), Encoding.UTF8);
            if (reader.ReadString() != given)
            {
                return null;
            }

            var archives = new List<ArchiveOutput>();
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                archives.Add(new ArchiveOutput(reader.ReadString(), reader.ReadString()));
            }

            return WalkRecord.Holds(reader) ? archives : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Keeps a run that left everything current.</summary>
    /// <param name="given">Everything but the disk that decides the outputs.</param>
    /// <param name="archives">The archives.</param>
    /// <param name="walk">What the run found; the outputs are added to it.</param>
    /// <param name="outputs">The files that the run left.</param>
    public void Write(string given, IReadOnlyList<ArchiveOutput> archives, WalkRecord walk, IEnumerable<string> outputs)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write(given);
        writer.Write(archives.Count);
        foreach (ArchiveOutput archive in archives)
        {
            writer.Write(archive.Distribution);
            writer.Write(archive.Path);
        }

        foreach (string output in outputs)
        {
            walk.AddFile(new FileInfo(output));
        }

        try
        {
            if (!walk.TryWrite(writer))
            {
                return;
            }
        }
        catch (IOException)
        {
            // Something changed meanwhile, so the record would not hold.
            return;
        }

        writer.Flush();
        OutputFile.WriteIfChanged(_path, stream => content.WriteTo(stream));
    }

    public void Delete()
    {
        // Deleting in a folder that is not there fails.
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }
}
