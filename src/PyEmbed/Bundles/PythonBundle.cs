using PyEmbed.Embedding;

namespace PyEmbed;

/// <summary>
/// Modules with everything they need, as one zip file for another Python: <see cref="PythonInterpreter.Bundle(IEnumerable{string}, PythonBundleOptions)"/> makes it,
/// <see cref="PythonInterpreter.Mount"/> of <see cref="ToTree"/> takes it, and so do <c>pyembed.mount</c> and, without PyEmbed, <c>sys.path</c> of any CPython
/// (docs/bundles.md). Reading one needs no interpreter; instances are immutable and for use by any thread.
/// </summary>
public sealed class PythonBundle
{
    private readonly byte[] content;
    private readonly string origin;
    private readonly string hash;
    private readonly BundleManifest manifest;

    private PythonBundle(byte[] content, string origin)
    {
        this.content = content;
        this.origin = origin;
        using MemoryStream stream = new(content, writable: false);
        hash = ArchiveVerifier.Verify(stream, origin)
            ?? throw new InvalidDataException($"'{origin}' is no bundle: make one with PythonInterpreter.Bundle or 'pyembed bundle'.");
        manifest = BundleManifest.Read(stream, origin);
    }

    /// <summary>The zip file.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <summary>The CPython that it was made with, such as <c>3.11.2</c>.</summary>
    public string PythonVersion => manifest.Python;

    /// <summary>The system that it was made on, as <c>sys.platform</c> has it.</summary>
    public string Platform => manifest.Platform;

    /// <summary>What it was made for: names of modules, and <c>module:function</c>.</summary>
    public IReadOnlyList<string> Objects => manifest.Objects;

    /// <summary>Its modules, each with the SHA-256 of its source in 64 hex digits; empty for a namespace package, which has none.</summary>
    public IReadOnlyDictionary<string, string> Modules => manifest.Modules;

    /// <summary>The identifiers of its data, each with the SHA-256 of its bytes in 64 hex digits.</summary>
    public IReadOnlyDictionary<string, string> Data => manifest.Data;

    /// <summary>What has to hold where some of its modules are imported.</summary>
    public IReadOnlyList<PythonModuleRequirement> Requirements => manifest.Requirements;

    /// <summary>Modules that its code may import and that were not found.</summary>
    public IReadOnlyList<PythonMissingModule> Missing => manifest.Missing;

    /// <summary>What is needed and does not travel, each with the reason: <c>standard</c> for the standard library, <c>on B</c> for what the other side has, or the rule.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => manifest.LeftOut;

    /// <summary>Reads a bundle.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="InvalidDataException">It is no bundle, is damaged, or is of a newer format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PythonBundle FromFile(string path)
    {
        string file = Path.GetFullPath(path);
        return new PythonBundle(File.ReadAllBytes(file), file);
    }

    /// <summary>Reads a bundle out of memory. The bytes are copied.</summary>
    /// <param name="content">All of it.</param>
    /// <param name="name">Names it in reports and errors.</param>
    /// <exception cref="InvalidDataException">It is no bundle, is damaged, or is of a newer format.</exception>
    public static PythonBundle FromBytes(ReadOnlyMemory<byte> content, string name = "bundle")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new PythonBundle(content.ToArray(), name);
    }

    /// <summary>Writes the bundle to a file: whole, or not at all. A file that is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        string file = Path.GetFullPath(path);
        string staging = Path.Combine(Path.GetDirectoryName(file)!, $".pyembed-{Path.GetRandomFileName()}");
        try
        {
            File.WriteAllBytes(staging, content);
            File.Move(staging, file, overwrite: true);
        }
        finally
        {
            File.Delete(staging);
        }
    }

    /// <summary>
    /// The bundle as a tree to mount. Its modules then lie at <c>&lt;working directory&gt;/.pyembed/&lt;their place where they come from&gt;</c>, where nothing is ever written,
    /// and its data and requirements are in force.
    /// </summary>
    public PythonTree ToTree() => PythonTree.OfBundle(content, origin, hash);
}
