namespace PyEmbed.Tests.Capabilities;

/// <summary>A folder with a secret, a folder beside it, and a granted one with links that lead out of it.</summary>
internal sealed class CapabilityFolder : IDisposable
{
    private static readonly string[] Files = ["movable1.txt", "movable2.txt", "movable3.txt", "movable4.txt", "outside_module.py", "tree/file.txt"];

    private readonly TemporaryFolder folder = new();

    public CapabilityFolder()
    {
        foreach (string file in new[] { Secret, Readable, Input, Errors })
        {
            Write(file, "s3cret");
        }

        Write(Path.Combine(Root, "granted-not", "secret.txt"), "s3cret");
        Write(Path.Combine(Granted, "file.txt"), "granted");
        Directory.CreateDirectory(Path.Combine(Granted, "sub"));
        foreach (string file in Files)
        {
            Write(Path.Combine(Outside, file), "TEXT = 's3cret'\n");
        }

        File.CreateSymbolicLink(Path.Combine(Granted, "link"), Outside);
        File.CreateSymbolicLink(Path.Combine(Granted, "link.txt"), Secret);
        File.CreateSymbolicLink(Path.Combine(Granted, "movable-link"), Secret);
        File.CreateSymbolicLink(Path.Combine(Granted, "dangling"), Path.Combine(Outside, "made-by-link"));
    }

    public string Root => folder.Path;

    public string Granted => Path.Combine(Root, "granted");

    /// <summary>A file that may be granted to be read alone.</summary>
    public string Readable => Path.Combine(Root, "readable.txt");

    /// <summary>A file to be standard input.</summary>
    public string Input => Path.Combine(Root, "input.txt");

    /// <summary>A file to be standard error, with something in it.</summary>
    public string Errors => Path.Combine(Root, "errors.txt");

    private string Outside => Path.Combine(Root, "outside");

    private string Secret => Path.Combine(Root, "secret.txt");

    /// <summary>Everything outside the granted folder is as it was made, and nothing was added.</summary>
    public void AssertUntouched()
    {
        Assert.AreEqual("s3cret", File.ReadAllText(Secret));
        Assert.AreEqual("s3cret", File.ReadAllText(Readable));
        Assert.AreEqual("s3cret", File.ReadAllText(Input));
        Assert.StartsWith("s3cret", File.ReadAllText(Errors));
        string[] found = [.. Directory.GetFiles(Outside, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Outside, file)).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(Files, found);
        foreach (string file in Files)
        {
            Assert.AreEqual("TEXT = 's3cret'\n", File.ReadAllText(Path.Combine(Outside, file)), file);
        }
    }

    public void Dispose() => folder.Dispose();

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
