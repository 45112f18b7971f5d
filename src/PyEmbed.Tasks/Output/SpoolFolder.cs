namespace PyEmbed.Tasks.Output;

/// <summary>A folder for bytecode on its way into archives; gone when disposed.</summary>
internal sealed class SpoolFolder : IDisposable
{
    private const string Prefix = "spool-";

    public SpoolFolder(string outputDirectory)
    {
        FullPath = Path.Combine(outputDirectory, Prefix + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(FullPath);
    }

    public string FullPath { get; }

    public static void RemoveOlderThan(string outputDirectory, DateTime utc)
    {
        foreach (string folder in Directory.EnumerateDirectories(outputDirectory, Prefix + "*").Where(folder => Directory.GetLastWriteTimeUtc(folder) < utc).ToList())
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
