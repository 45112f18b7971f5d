using System.Buffers.Binary;
using System.Reflection.PortableExecutable;
using PyEmbed.Manifest;
using PyEmbed.Tasks.References;

namespace PyEmbed.Tool.Inputs;

/// <summary>
/// A file that holds trees: a .NET assembly, a single-file application, or a zip file that PyEmbed wrote. It is read as a file; nothing
/// of it is loaded or run. For one thread at a time.
/// </summary>
internal sealed class InputFile : IDisposable
{
    // The runtime's own tree, the importer, comes with every application and is nobody's question.
    private const string RuntimeAssembly = "PyEmbed";
    private const string ResourcePrefix = "PyEmbed/";
    private const string ResourceSuffix = ".zip";
    private const int ZipSignature = 0x04034b50;

    private readonly List<IDisposable> open = [];
    private readonly List<EmbeddedTree> trees = [];
    private readonly List<UnreadableTree> unreadable = [];
    private readonly List<EntryPoint> entryPoints = [];

    private InputFile(string path) => Path = path;

    /// <summary>The file, absolute; for a launcher beside its assembly, the assembly.</summary>
    public string Path { get; private set; }

    /// <summary>What the file is.</summary>
    public InputKind Kind { get; private set; }

    /// <summary>The trees, in mount order.</summary>
    public IReadOnlyList<EmbeddedTree> Trees => trees;

    /// <summary>The trees that cannot be read, and why.</summary>
    public IReadOnlyList<UnreadableTree> Unreadable => unreadable;

    /// <summary>The simple name of the application's own assembly, whose entry points are the application's; empty where that is unknown.</summary>
    public string EntryAssembly { get; private set; } = "";

    /// <summary>The entry points of the application's own assembly, in its order.</summary>
    public IReadOnlyList<EntryPoint> EntryPoints => entryPoints;

    /// <summary>What the application's <c>Main</c> runs, where the build wrote that: <c>module:function</c>, or a module's name; else null.</summary>
    public string? Main { get; private set; }

    /// <summary>The file that holds a tree's archive, among other things.</summary>
    public string FileOf(EmbeddedTree tree) => Kind == InputKind.Assembly ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, tree.Assembly) : Path;

    private string RuntimeConfig => System.IO.Path.ChangeExtension(Path, ".runtimeconfig.json");

    /// <summary>Opens a file.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="references">Whether the trees of the assemblies beside it count that its application mounts; those of a single-file application always do.</param>
    /// <exception cref="ToolException">The file cannot be read, or holds no tree.</exception>
    public static InputFile Open(string path, bool references = false)
    {
        InputFile input = new(System.IO.Path.GetFullPath(path));
        try
        {
            input.Read(path, references);
            return input;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            input.Dispose();
            throw new ToolException(ExitCodes.Input, Unopened(path, e), e);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>An input of one archive in memory.</summary>
    /// <param name="path">The file that it comes from, as the user gave it.</param>
    /// <param name="archive">The archive.</param>
    public static InputFile OfArchive(string path, byte[] archive)
    {
        InputFile input = new(System.IO.Path.GetFullPath(path)) { Kind = InputKind.Archive };
        input.AddTree(new MemoryStream(archive, writable: false), "", System.IO.Path.GetFileNameWithoutExtension(path), input.Path, null);
        return input;
    }

    /// <summary>Whether a path leads to a file with contents of its own: to no pipe, device or socket. Links are followed.</summary>
    public static bool IsRegular(string path) => File.Exists(path) && (OperatingSystem.IsWindows() || NativeHost.IsRegularFile(path) is not false);

    /// <summary>The readable trees, where there is one.</summary>
    /// <exception cref="ToolException">None can be read.</exception>
    public IReadOnlyList<EmbeddedTree> Readable() =>
        trees.Count > 0 ? trees : throw new ToolException(ExitCodes.Input, string.Join(" ", unreadable.Select(tree => tree.Problem)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable item in open)
        {
            item.Dispose();
        }
    }

    private static string Unopened(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"There is no file '{path}'.",
        UnauthorizedAccessException when Directory.Exists(path) => $"'{path}' is a folder; name a .NET assembly, a single-file application or a zip file that PyEmbed wrote.",
        UnauthorizedAccessException => $"'{path}' may not be read: permission denied.",
        _ => $"'{path}' cannot be read: {error.Message}",
    };

    private static ToolException NoInput(string path) => new(
        ExitCodes.Input, $"'{path}' is no .NET assembly, no single-file application and no zip file that PyEmbed wrote.");

    // Looked at before it is opened: to open a pipe is to wait for its writer.
    private FileStream OpenStream(string path)
    {
        if (File.Exists(path) && !IsRegular(path))
        {
            throw NoInput(path);
        }

        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        open.Add(file);
        return file;
    }

    private void Read(string path, bool references)
    {
        FileStream file = OpenStream(Path);
        if (file.Length == 0)
        {
            throw NoInput(path);
        }

        Span<byte> head = stackalloc byte[4];
        file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (BinaryPrimitives.ReadInt32LittleEndian(head) == ZipSignature)
        {
            Kind = InputKind.Archive;
            string origin = System.IO.Path.DirectorySeparatorChar == '/' ? $"fs:{Path}" : $"fs:/{Path.Replace('\\', '/')}";
            AddTree(file, "", System.IO.Path.GetFileNameWithoutExtension(path), origin, null);
        }
        else if (IsImage(head) && TryReadAssembly(file, path))
        {
            ReadAssembly(path, references);
        }
        else
        {
            ReadHost(file, path, references);
        }

        if (trees.Count == 0 && unreadable.Count == 0)
        {
            string remedy = Kind == InputKind.Assembly && !references && File.Exists(RuntimeConfig) ? " '--references' looks into the assemblies that it mounts." : "";
            throw new ToolException(ExitCodes.Input, $"'{path}' embeds no Python tree.{remedy}");
        }
    }

    private static bool IsImage(ReadOnlySpan<byte> head) => head[0] == 'M' && head[1] == 'Z';

    private static bool TryReadAssembly(FileStream file, string path)
    {
        // A program that is larger than any assembly can be may still be a single-file application.
        using PEReader image = new(new StreamSlice(file, 0, Math.Min(file.Length, int.MaxValue)), PEStreamOptions.LeaveOpen);
        try
        {
            return image.HasMetadata;
        }
        catch (BadImageFormatException e)
        {
            throw new ToolException(ExitCodes.Input, $"'{path}' is damaged: {e.Message}", e);
        }
    }

    private void ReadAssembly(string path, bool references)
    {
        Kind = InputKind.Assembly;
        EmbeddedAssembly own = OpenAssembly(OpenStream(Path), path);
        EntryAssembly = own.Name;
        string file = System.IO.Path.GetFileName(Path);
        AddTrees(own, file, all: true);
        string config = RuntimeConfig;
        if (!references || !File.Exists(config))
        {
            return;
        }

        string folder = System.IO.Path.GetDirectoryName(Path)!;
        foreach (string name in MountList.Read(File.ReadAllBytes(config), config).Where(name => name != own.Name))
        {
            string reference = System.IO.Path.Combine(folder, name + ".dll");
            if (System.IO.Path.GetFileName(reference) != name + ".dll" || !File.Exists(reference))
            {
                unreadable.Add(new UnreadableTree(name + ".dll", "", $"'{config}' names the assembly '{name}', and there is no '{reference}'. Publish the application again."));
                continue;
            }

            AddTrees(OpenAssembly(OpenStream(reference), reference), name + ".dll", all: true);
        }
    }

    private void ReadHost(FileStream file, string path, bool references)
    {
        switch (SingleFileBundle.FindHeader(file))
        {
            case null:
                throw NoInput(path);
            case 0:
                // The launcher that a build puts beside the assembly.
                string assembly = (Path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? Path[..^".exe".Length] : Path) + ".dll";
                if (!File.Exists(assembly))
                {
                    throw new ToolException(ExitCodes.Input, $"'{path}' only starts '{System.IO.Path.GetFileName(assembly)}', which does not lie beside it.");
                }

                Path = assembly;
                ReadAssembly(assembly, references);
                break;
            case long header:
                ReadBundle(SingleFileBundle.Open(file, header, path), path);
                break;
        }
    }

    private void ReadBundle(SingleFileBundle bundle, string path)
    {
        Kind = InputKind.SingleFile;
        BundledFile? config = bundle.Files.FirstOrDefault(item => item.Type == BundledFileType.RuntimeConfigJson);
        List<string> order = [];
        if (config is not null)
        {
            using Stream json = bundle.OpenFile(config);
            using MemoryStream copy = new();
            json.CopyTo(copy);
            order.AddRange(MountList.Read(copy.ToArray(), $"{path}/{config.Path}"));
            EntryAssembly = config.Path.EndsWith(".runtimeconfig.json", StringComparison.Ordinal) ? config.Path[..^".runtimeconfig.json".Length] : "";
        }

        // Those of the list first, in its order; then what else there is, in the order of the file.
        foreach (BundledFile item in bundle.Files.Where(item => item.Type == BundledFileType.Assembly && item.Path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .OrderBy(item => order.IndexOf(item.Path[..^".dll".Length]) is var place and >= 0 ? place : int.MaxValue))
        {
            EmbeddedAssembly assembly = OpenAssembly(bundle.OpenFile(item), $"{path}/{item.Path}");
            int known = trees.Count;
            AddTrees(assembly, item.Path, all: false);
            if (trees.Count == known)
            {
                // Nearly all are the framework's, and in a compressed application each of them is in memory.
                open.Remove(assembly);
                assembly.Dispose();
            }
        }
    }

    private EmbeddedAssembly OpenAssembly(Stream content, string path)
    {
        try
        {
            EmbeddedAssembly assembly = EmbeddedAssembly.Open(content);
            open.Add(assembly);
            return assembly;
        }
        catch (BadImageFormatException e)
        {
            throw new ToolException(ExitCodes.Input, $"The assembly '{path}' cannot be read: {e.Message.TrimEnd('.')}. Build or download it again.", e);
        }
    }

    // By attribute, and by the resource's name where an assembly was merged or written without attributes.
    private void AddTrees(EmbeddedAssembly assembly, string file, bool all)
    {
        if (assembly.Name == EntryAssembly)
        {
            ReadPrograms(assembly);
        }

        Dictionary<string, TreeAttribute?> resources = new(StringComparer.Ordinal);
        foreach (TreeAttribute tree in assembly.Trees)
        {
            resources.TryAdd(tree.Resource, tree);
        }

        try
        {
            foreach (string name in assembly.ResourceNames.Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(ResourceSuffix, StringComparison.Ordinal)))
            {
                resources.TryAdd(name, null);
            }
        }
        catch (BadImageFormatException e)
        {
            throw new ToolException(ExitCodes.Input, $"The assembly '{file}' cannot be read: {e.Message.TrimEnd('.')}. Build or download it again.", e);
        }

        foreach ((string resource, TreeAttribute? attribute) in resources)
        {
            if (!all && assembly.Name == RuntimeAssembly && attribute is null)
            {
                continue;
            }

            string name = attribute?.Name ?? resource[ResourcePrefix.Length..^ResourceSuffix.Length];
            string origin = $"assembly:/{file}/{name}{ResourceSuffix}";
            try
            {
                AddTree(assembly.OpenResource(resource), file, name, origin, attribute);
            }
            catch (BadImageFormatException e)
            {
                unreadable.Add(new UnreadableTree(file, name, $"The tree '{origin}' cannot be read: {e.Message}. Build or download the assembly again."));
            }
        }
    }

    private void ReadPrograms(EmbeddedAssembly assembly)
    {
        try
        {
            IReadOnlyList<KeyValuePair<string, string>> metadata = assembly.Metadata;
            entryPoints.AddRange(metadata.Where(pair => pair.Key == ProgramAttribute.EntryPointKey).Select(pair => EntryPoint.Parse(pair.Value)).OfType<EntryPoint>());
            Main = metadata.FirstOrDefault(pair => pair.Key == ProgramAttribute.MainKey).Value;
        }
        catch (BadImageFormatException e)
        {
            throw new ToolException(ExitCodes.Input, $"The assembly '{assembly.Name}' cannot be read: {e.Message}. Build or download it again.", e);
        }
    }

    private void AddTree(Stream data, string file, string name, string origin, TreeAttribute? attribute)
    {
        try
        {
            trees.Add(EmbeddedTree.Open(data, file, origin, attribute));
        }
        catch (NewerArchiveFormatException e)
        {
            unreadable.Add(new UnreadableTree(
                file, name, $"'{origin}' is of format {e.Version}; this pyembed reads formats up to {ArchiveFormat.Version}. Update it: 'dotnet tool update PyEmbed.Tool'.", IsNewer: true));
        }
        catch (BundleFormatException e)
        {
            unreadable.Add(new UnreadableTree(file, name, e.Message, e.IsNewer));
        }
        catch (ArchiveFormatException e)
        {
            unreadable.Add(new UnreadableTree(file, name, e.Message));
        }
    }
}
