using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Tests.References;

/// <summary>Compiles assemblies that carry trees, or do not, into a folder of their own.</summary>
internal sealed class TestAssemblies : IDisposable
{
    private const string AttributeSource = """
        namespace PyEmbed
        {
            [System.AttributeUsage(System.AttributeTargets.Assembly, AllowMultiple = true)]
            public sealed class EmbeddedPythonAttribute : System.Attribute
            {
                public EmbeddedPythonAttribute(string name) { }
                public string Resource { get; set; }
                public string Hash { get; set; }
                public int FormatVersion { get; set; }
                public string MinimumPython { get; set; }
                public string[] Requirements { get; set; }
            }
        }
        """;

    private static readonly MetadataReference s_core = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
    private readonly MetadataReference _attribute;

    public TestAssemblies()
    {
        _attribute = MetadataReference.CreateFromFile(Emit("PyEmbed", AttributeSource, [s_core]));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pyembed-references-").FullName;

    /// <summary>The bytes of an archive of some files; sources are empty.</summary>
    public static byte[] Archive(string distribution, params string[] files) =>
        Archive(distribution, files.Select(file => (file, file.EndsWith(".py", StringComparison.Ordinal) ? "" : distribution)).ToArray());

    /// <summary>The bytes of an archive of some files.</summary>
    public static byte[] Archive(string distribution, params (string Path, string Content)[] files)
    {
        using var stream = new MemoryStream();
        ArchiveWriter.Write(
            stream,
            new TreeInfo(distribution, TreePlacement.App, MaterializeMode.Auto, null),
            files.Select(file => new ArchiveEntry(file.Path, () => Encoding.UTF8.GetBytes(file.Content))).ToArray());
        return stream.ToArray();
    }

    /// <summary>An assembly without trees.</summary>
    public string Plain(string name) => Emit(name, "[assembly: System.Reflection.AssemblyTitle(\"plain\")] public class C { }", [s_core]);

    /// <summary>An assembly with one tree for each distribution.</summary>
    public string Carrier(string name, params (string Distribution, byte[] Archive)[] trees) =>
        Emit(name, Attributes(trees.Select(tree => tree.Distribution)), [s_core, _attribute], trees);

    /// <summary>An assembly that defines the attribute itself, as the runtime does.</summary>
    public string CarrierWithOwnAttribute(string name, params (string Distribution, byte[] Archive)[] trees) =>
        Emit(name, Attributes(trees.Select(tree => tree.Distribution)) + AttributeSource, [s_core], trees);

    /// <summary>An assembly whose attribute names a resource that it does not hold.</summary>
    public string CarrierWithoutResource(string name, bool referenceAssembly = false) => Emit(
        name,
        (referenceAssembly ? "[assembly: System.Runtime.CompilerServices.ReferenceAssembly]" : "") + Attributes(["gone"]),
        [s_core, _attribute]);

    /// <summary>An assembly of any source.</summary>
    public string FromSource(string name, string source) => Emit(name, source, [s_core, _attribute]);

    /// <summary>Some file.</summary>
    public string File(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Attributes(IEnumerable<string> distributions) => string.Concat(distributions.Select(distribution => string.Format(
        CultureInfo.InvariantCulture,
        "[assembly: PyEmbed.EmbeddedPython(\"{0}\", Resource = \"PyEmbed/{0}.zip\", Hash = \"0\", FormatVersion = 1, MinimumPython = \"3.9\", Requirements = new[] {{ \"a\", \"b>=1\" }})]\n",
        distribution)));

    private string Emit(string name, string source, MetadataReference[] references, params (string Distribution, byte[] Archive)[] trees)
    {
        string path = Path.Combine(Folder, name + ".dll");
        var compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(
            image,
            manifestResources: trees
                .Select(tree => new ResourceDescription($"PyEmbed/{tree.Distribution}.zip", () => new MemoryStream(tree.Archive), isPublic: true))
                .Prepend(new ResourceDescription("Other", () => new MemoryStream([1, 2, 3]), isPublic: false)));
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics));
        System.IO.File.WriteAllBytes(path, image.ToArray());
        return path;
    }
}
