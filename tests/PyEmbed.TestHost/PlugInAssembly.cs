using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace PyEmbed.TestHost;

/// <summary>Makes assemblies that embed a tree and hold an enumeration, as plug-ins do, without a compiler.</summary>
internal static class PlugInAssembly
{
    /// <summary>Writes an assembly of that name with a tree of text files.</summary>
    public static string Write(string folder, string name, params (string Path, string Text)[] files)
    {
        byte[] archive = Zip(files);
        MetadataBuilder metadata = new();
        BlobBuilder resources = new();
        resources.WriteInt32(archive.Length);
        resources.WriteBytes(archive);
        metadata.AddModule(0, metadata.GetOrAddString(name + ".dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(name), new Version(1, 0), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddManifestResource(ManifestResourceAttributes.Public, metadata.GetOrAddString($"PyEmbed/{name}.zip"), default, 0);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));

        // public enum Colour { Red, Green }
        AssemblyName core = typeof(object).Assembly.GetName();
        AssemblyReferenceHandle library = metadata.AddAssemblyReference(
            metadata.GetOrAddString(core.Name!), core.Version!, default, metadata.GetOrAddBlob(core.GetPublicKeyToken()!), default, default);
        TypeReferenceHandle enumeration = metadata.AddTypeReference(library, metadata.GetOrAddString("System"), metadata.GetOrAddString("Enum"));
        TypeDefinitionHandle colour = metadata.AddTypeDefinition(
            TypeAttributes.Public | TypeAttributes.Sealed, metadata.GetOrAddString(name), metadata.GetOrAddString("Colour"), enumeration,
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        AddField(metadata, FieldAttributes.Public | FieldAttributes.SpecialName | FieldAttributes.RTSpecialName, "value__", type => type.Int32());
        string[] names = ["Red", "Green"];
        for (int i = 0; i < names.Length; i++)
        {
            FieldDefinitionHandle field = AddField(
                metadata, FieldAttributes.Public | FieldAttributes.Static | FieldAttributes.Literal | FieldAttributes.HasDefault, names[i], type => type.Type(colour, isValueType: true));
            metadata.AddConstant(field, i);
        }

        ManagedPEBuilder image = new(new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage), new MetadataRootBuilder(metadata), new BlobBuilder(), managedResources: resources);
        BlobBuilder bytes = new();
        image.Serialize(bytes);
        string path = Path.Combine(folder, name + ".dll");
        File.WriteAllBytes(path, bytes.ToArray());
        return path;
    }

    /// <summary>A zip of text files.</summary>
    public static byte[] Zip(params (string Path, string Text)[] files)
    {
        MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create))
        {
            foreach ((string path, string text) in files)
            {
                using StreamWriter writer = new(zip.CreateEntry(path).Open());
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }

    private static FieldDefinitionHandle AddField(MetadataBuilder metadata, FieldAttributes attributes, string name, Action<SignatureTypeEncoder> type)
    {
        BlobBuilder signature = new();
        type(new BlobEncoder(signature).FieldSignature());
        return metadata.AddFieldDefinition(attributes, metadata.GetOrAddString(name), metadata.GetOrAddBlob(signature));
    }
}
