using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PyEmbed.Tasks.References;

/// <summary>An assembly that carries Python trees, read as a file and never loaded.</summary>
internal sealed class EmbeddedAssembly : IDisposable
{
    private const string AttributeNamespace = "PyEmbed";
    private const string AttributeName = "EmbeddedPythonAttribute";

    private readonly Stream _file;
    private readonly PEReader _image;
    private readonly MetadataReader _metadata;

    private EmbeddedAssembly(Stream file)
    {
        _file = file;
        try
        {
            _image = new PEReader(_file, PEStreamOptions.LeaveOpen);
            _metadata = _image.HasMetadata ? _image.GetMetadataReader() : throw new BadImageFormatException("it has no .NET metadata");
            AssemblyDefinition assembly = _metadata.GetAssemblyDefinition();
            Name = _metadata.GetString(assembly.Name);
            var trees = new List<TreeAttribute>();
            foreach (CustomAttributeHandle handle in assembly.GetCustomAttributes())
            {
                CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
                if (Is(attribute, AttributeNamespace, AttributeName))
                {
                    trees.Add(AttributeBlob.Read(_metadata.GetBlobReader(attribute.Value)));
                }
                else if (Is(attribute, "System.Runtime.CompilerServices", "ReferenceAssemblyAttribute"))
                {
                    IsReferenceAssembly = true;
                }
            }

            Trees = trees;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The assembly's simple name.</summary>
    public string Name { get; }

    /// <summary>Its attributes, in their order.</summary>
    public IReadOnlyList<TreeAttribute> Trees { get; }

    /// <summary>Keys and values of its <c>AssemblyMetadataAttribute</c>s, in their order.</summary>
    /// <exception cref="BadImageFormatException">The metadata is corrupt.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata => Read(() => _metadata.GetAssemblyDefinition().GetCustomAttributes()
        .Select(handle => _metadata.GetCustomAttribute(handle)).Where(attribute => Is(attribute, "System.Reflection", "AssemblyMetadataAttribute"))
        .Select(attribute => AttributeBlob.ReadPair(_metadata.GetBlobReader(attribute.Value))).ToList());

    /// <summary>The names of the manifest resources that it holds itself, in their order.</summary>
    /// <exception cref="BadImageFormatException">The metadata is corrupt.</exception>
    public IReadOnlyList<string> ResourceNames => Read(() => _metadata.ManifestResources.Select(handle => _metadata.GetManifestResource(handle))
        .Where(resource => resource.Implementation.IsNil).Select(resource => _metadata.GetString(resource.Name)).ToList());

    /// <summary>Whether the file only describes the assembly: then it names the trees and does not hold them.</summary>
    public bool IsReferenceAssembly { get; }

    /// <summary>Opens an assembly.</summary>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly, or a corrupt one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EmbeddedAssembly Open(string path) => Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));

    /// <summary>Opens an assembly that is the whole of a stream, which becomes the assembly's.</summary>
    /// <param name="file">Seekable.</param>
    /// <exception cref="BadImageFormatException">It is no .NET assembly, or a corrupt one.</exception>
    public static EmbeddedAssembly Open(Stream file) => Read(() => new EmbeddedAssembly(file));

    /// <summary>The archive in a resource, read where it lies in the file; to be used before the assembly is disposed.</summary>
    /// <exception cref="BadImageFormatException">There is no such resource, or it lies outside the file.</exception>
    public Stream OpenResource(string name) => Read(() => FindResource(name));

    /// <inheritdoc/>
    public void Dispose()
    {
        _image?.Dispose();
        _file.Dispose();
    }

    // What the metadata reader throws for metadata that contradicts itself is not always the exception made for it.
    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            throw new BadImageFormatException($"its metadata is corrupt ({e.Message.TrimEnd('.')})", e);
        }
    }

    private StreamSlice FindResource(string name)
    {
        ManifestResourceHandle handle = _metadata.ManifestResources
            .FirstOrDefault(candidate => _metadata.StringComparer.Equals(_metadata.GetManifestResource(candidate).Name, name));
        DirectoryEntry directory = _image.PEHeaders.CorHeader!.ResourcesDirectory;
        if (handle.IsNil || !_metadata.GetManifestResource(handle).Implementation.IsNil || !_image.PEHeaders.TryGetDirectoryOffset(directory, out int start))
        {
            throw new BadImageFormatException($"it does not hold the resource '{name}' that its attribute names");
        }

        const int LengthPrefix = sizeof(int);
        long offset = _metadata.GetManifestResource(handle).Offset;
        if (offset > directory.Size - LengthPrefix || start + (long)directory.Size > _file.Length)
        {
            throw new BadImageFormatException($"its resource '{name}' lies outside the file");
        }

        long position = start + offset;
        _file.Position = position;
        int length = new BinaryReader(_file).ReadInt32();
        if (length < 0 || length > directory.Size - LengthPrefix - offset)
        {
            throw new BadImageFormatException($"its resource '{name}' reaches beyond the resources");
        }

        return new StreamSlice(_file, position + LengthPrefix, length);
    }

    private bool Is(CustomAttribute attribute, string typeNamespace, string typeName)
    {
        (StringHandle @namespace, StringHandle name) = TypeOf(attribute.Constructor);
        return !name.IsNil && _metadata.StringComparer.Equals(name, typeName) && _metadata.StringComparer.Equals(@namespace, typeNamespace);
    }

    private (StringHandle Namespace, StringHandle Name) TypeOf(EntityHandle constructor)
    {
        EntityHandle type = constructor.Kind switch
        {
            HandleKind.MemberReference => _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent,
            HandleKind.MethodDefinition => _metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType(),
            _ => default,
        };
        switch (type.Kind)
        {
            case HandleKind.TypeReference:
                TypeReference reference = _metadata.GetTypeReference((TypeReferenceHandle)type);
                return (reference.Namespace, reference.Name);
            case HandleKind.TypeDefinition when !type.IsNil:
                TypeDefinition definition = _metadata.GetTypeDefinition((TypeDefinitionHandle)type);
                return (definition.Namespace, definition.Name);
            default:
                return default;
        }
    }
}
