using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tool.Tests;

/// <summary>Writes assemblies that embed trees, without a compiler: as the build makes them, and as it never would.</summary>
internal sealed class SampleAssembly(string name)
{
    private readonly MetadataBuilder metadata = new();
    private readonly BlobBuilder resources = new();
    private readonly List<(string Resource, int Offset)> embedded = [];
    private readonly List<byte[]> attributes = [];
    private readonly List<byte[]> said = [];

    /// <summary>An archive of files.</summary>
    public static byte[] Archive(string distribution, IEnumerable<(string Path, string Content)> files, bool deflate = false, TreeInfo? info = null) =>
        Archive(distribution, files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Content))), deflate, info);

    /// <summary>An archive of files.</summary>
    public static byte[] Archive(string distribution, IEnumerable<(string Path, byte[] Content)> files, bool deflate = false, TreeInfo? info = null)
    {
        using MemoryStream stream = new();
        ArchiveWriter.Write(
            stream, info ?? new TreeInfo(distribution, TreePlacement.App, MaterializeMode.Auto, null), files.Select(file => new ArchiveEntry(file.Path, () => file.Content)).ToList(), deflate);
        return stream.ToArray();
    }

    /// <summary>Gives the index of an archive that was changed its right CRC-32.</summary>
    public static void MendIndex(byte[] archive)
    {
        int trailer = archive.AsSpan().LastIndexOf("PYEMBED\0"u8) - 12;
        int length = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(trailer));
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(trailer + 4), Crc32.Compute(archive, trailer - length, length));
    }

    /// <summary>Embeds an archive, with its attribute.</summary>
    public SampleAssembly With(string distribution, byte[] archive, string? hash = null, string minimumPython = "3.9", params string[] requirements)
    {
        WithoutAttribute(distribution, archive);
        hash ??= ArchiveReader.Open(new MemoryStream(archive), distribution).Hash;
        return WithAttribute(distribution, $"PyEmbed/{distribution}.zip", hash, minimumPython, requirements);
    }

    /// <summary>Embeds an archive and says nothing of it.</summary>
    public SampleAssembly WithoutAttribute(string distribution, byte[] archive)
    {
        resources.Align(8);
        embedded.Add(($"PyEmbed/{distribution}.zip", resources.Count));
        resources.WriteInt32(archive.Length);
        resources.WriteBytes(archive);
        return this;
    }

    /// <summary>Says that there is a tree.</summary>
    public SampleAssembly WithAttribute(string distribution, string resource, string hash, string minimumPython, params string[] requirements)
    {
        BlobBuilder value = new();
        value.WriteUInt16(1);
        value.WriteSerializedString(distribution);
        value.WriteUInt16(5);
        Property("Resource", SerializationTypeCode.String).WriteSerializedString(resource);
        Property("Hash", SerializationTypeCode.String).WriteSerializedString(hash);
        Property("FormatVersion", SerializationTypeCode.Int32).WriteInt32(1);
        Property("MinimumPython", SerializationTypeCode.String).WriteSerializedString(minimumPython);
        Property("Requirements", SerializationTypeCode.SZArray, SerializationTypeCode.String).WriteInt32(requirements.Length);
        foreach (string requirement in requirements)
        {
            value.WriteSerializedString(requirement);
        }

        attributes.Add(value.ToArray());
        return this;

        BlobBuilder Property(string property, params SerializationTypeCode[] type)
        {
            value.WriteByte((byte)CustomAttributeNamedArgumentKind.Property);
            foreach (SerializationTypeCode code in type)
            {
                value.WriteByte((byte)code);
            }

            value.WriteSerializedString(property);
            return value;
        }
    }

    /// <summary>Says something by <c>AssemblyMetadataAttribute</c>.</summary>
    public SampleAssembly WithMetadata(string key, string value)
    {
        BlobBuilder blob = new();
        blob.WriteUInt16(1);
        blob.WriteSerializedString(key);
        blob.WriteSerializedString(value);
        blob.WriteUInt16(0);
        said.Add(blob.ToArray());
        return this;
    }

    /// <summary>Writes the assembly into a folder and returns its path.</summary>
    public string Save(string folder)
    {
        string path = Path.Combine(folder, name + ".dll");
        metadata.AddModule(0, metadata.GetOrAddString(name + ".dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        AssemblyDefinitionHandle assembly = metadata.AddAssembly(metadata.GetOrAddString(name), new Version(1, 0), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        AssemblyReferenceHandle runtime = metadata.AddAssemblyReference(metadata.GetOrAddString("PyEmbed"), new Version(0, 1), default, default, 0, default);
        TypeReferenceHandle type = metadata.AddTypeReference(runtime, metadata.GetOrAddString("PyEmbed"), metadata.GetOrAddString("EmbeddedPythonAttribute"));
        BlobBuilder signature = new();
        new BlobEncoder(signature).MethodSignature(isInstanceMethod: true).Parameters(1, result => result.Void(), parameters => parameters.AddParameter().Type().String());
        MemberReferenceHandle constructor = metadata.AddMemberReference(type, metadata.GetOrAddString(".ctor"), metadata.GetOrAddBlob(signature));
        foreach (byte[] value in attributes)
        {
            metadata.AddCustomAttribute(assembly, constructor, metadata.GetOrAddBlob(value));
        }

        AssemblyReferenceHandle core = metadata.AddAssemblyReference(metadata.GetOrAddString("System.Runtime"), new Version(8, 0), default, default, 0, default);
        TypeReferenceHandle pair = metadata.AddTypeReference(core, metadata.GetOrAddString("System.Reflection"), metadata.GetOrAddString("AssemblyMetadataAttribute"));
        BlobBuilder texts = new();
        new BlobEncoder(texts).MethodSignature(isInstanceMethod: true).Parameters(2, result => result.Void(), parameters =>
        {
            parameters.AddParameter().Type().String();
            parameters.AddParameter().Type().String();
        });
        MemberReferenceHandle ofPair = metadata.AddMemberReference(pair, metadata.GetOrAddString(".ctor"), metadata.GetOrAddBlob(texts));
        foreach (byte[] value in said)
        {
            metadata.AddCustomAttribute(assembly, ofPair, metadata.GetOrAddBlob(value));
        }

        foreach ((string resource, int offset) in embedded)
        {
            metadata.AddManifestResource(ManifestResourceAttributes.Public, metadata.GetOrAddString(resource), default, (uint)offset);
        }

        BlobBuilder image = new();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder(), managedResources: resources).Serialize(image);
        File.WriteAllBytes(path, image.ToArray());
        return path;
    }
}
