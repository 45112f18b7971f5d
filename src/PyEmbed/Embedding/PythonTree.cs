using System.Reflection;
using PyEmbed.Embedding;
using PyEmbed.Manifest;

namespace PyEmbed;

/// <summary>
/// A tree of Python files in memory: packages, modules, data, as one archive. <see cref="PythonInterpreter.Mount"/> puts it on
/// <c>sys.path</c>. Making one needs no interpreter and touches no Python; instances are immutable and for use by any thread.
/// </summary>
/// <remarks>
/// The memory stays as long as Python has any view of it, also after unmounting. An assembly's own image is used where the assembly stays for the
/// life of the process; of one in a collectible load context the tree is copied, so that modules of a plug-in outlive it. The mapping of a
/// mounted archive file stays for the life of the process; what was copied, and trees made of files, are freed by reference count.
/// </remarks>
public sealed class PythonTree
{
    private const string ResourcePrefix = "PyEmbed/";
    private const string ResourceSuffix = ".zip";

    private PythonTree(TreeMemory memory, string origin)
    {
        Memory = memory;
        Origin = origin;
    }

    /// <summary>
    /// Where the tree comes from, as reports and errors name it: <c>assembly:/MyApp.dll/mypkg.zip</c>, <c>fs:/absolute/path</c>, or <c>memory:/name</c>.
    /// It is no URL: nothing is escaped.
    /// </summary>
    public string Origin { get; }

    internal TreeMemory Memory { get; }

    /// <summary>The assembly that embeds the tree, if one does.</summary>
    internal Assembly? Assembly { get; private init; }

    /// <summary>The distribution's name that the assembly's resource carries.</summary>
    internal string? Distribution { get; private init; }

    /// <summary>Of a bundle its hash, by which it is told from others at the root that bundles share; else null.</summary>
    internal string? BundleHash { get; private init; }

    /// <summary>Whether files of the tree may become files on disk.</summary>
    internal bool Materialize { get; private init; } = true;

    /// <summary>
    /// A tree that an assembly embeds. Its bytes are used where they are, in the assembly's mapped image; those of an assembly in a collectible
    /// load context are copied. The instance, and a mount of it, keep the assembly from being unloaded.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="name">The distribution, as in <c>PyEmbed/&lt;name&gt;.zip</c>; may be left out where the assembly embeds one tree only.</param>
    /// <exception cref="ArgumentException">The assembly embeds no such tree, or several and no name was given.</exception>
    public static PythonTree FromAssembly(Assembly assembly, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        string file = assembly.GetName().Name + ".dll";
        List<string> names = NamesIn(assembly);
        string wanted = name ?? (names.Count == 1 ? names[0] : "");
        return names.Contains(wanted)
            ? Resource(assembly, file, wanted)
            : throw new ArgumentException(
                names.Count == 0 ? $"The assembly '{file}' embeds no Python tree."
                : $"The assembly '{file}' embeds {(name is null ? "several Python trees; name one" : $"no Python tree '{name}'")}: {string.Join(", ", names)}.",
                name is null ? nameof(assembly) : nameof(name));
    }

    /// <summary>The files of a folder and its sub-folders, as they are now. <c>__pycache__</c>, folders of version control, links to folders or to nothing, and what is no
    /// regular file (named pipes, sockets, devices) are left out.</summary>
    /// <param name="path">The folder: the module root, so that <c>path/pkg/mod.py</c> is module <c>pkg.mod</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">A file's name cannot be in an archive, or the tree exceeds 2 GiB.</exception>
    public static PythonTree FromDirectory(string path)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Build(DirectoryEntries.Read(root), NameOf(Path.GetFileName(root)), OnDisk(root), materialize: true);
    }

    /// <summary>A zip file, mapped into memory: one that PyEmbed wrote, or any other that holds stored and deflated files.</summary>
    /// <param name="path">The file. It must not be changed in place while the process runs; replacing it is fine.</param>
    /// <exception cref="InvalidDataException">The archive is corrupt in any entry, or of a newer format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PythonTree FromArchive(string path)
    {
        string file = Path.GetFullPath(path);
        MappedMemory memory = new(file);
        string? bundle;
        try
        {
            using Stream stream = memory.OpenStream();
            bundle = ArchiveVerifier.Verify(stream, file);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        return new PythonTree(memory, OnDisk(file)) { BundleHash = bundle };
    }

    /// <summary>The bytes of a zip file, copied.</summary>
    /// <param name="archive">The whole file.</param>
    /// <param name="origin">Names the archive in reports and errors: <c>memory:/archive</c>.</param>
    /// <param name="materialize">As for <see cref="FromFiles"/>.</param>
    /// <exception cref="InvalidDataException">The archive is corrupt in any entry, or of a newer format.</exception>
    public static PythonTree FromArchive(ReadOnlyMemory<byte> archive, string origin = "archive", bool materialize = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        byte[] copy = archive.ToArray();
        string? bundle = ArchiveVerifier.Verify(new MemoryStream(copy, writable: false), origin);
        return new PythonTree(new PythonOwnedMemory(copy), InMemory(origin)) { Materialize = materialize, BundleHash = bundle };
    }

    /// <summary>Files given as a dictionary. Their contents are copied.</summary>
    /// <param name="files">Path relative to the module root, with <c>/</c> between its parts, to content: <c>"mygame/__init__.py"</c>.</param>
    /// <param name="name">The distribution's name; part of the tree's root path and, as <c>memory:/name</c>, its origin.</param>
    /// <param name="materialize">Whether files of the tree may become files on disk where its code asks for them. If not, its modules have no place either: their
    /// <c>__spec__.origin</c> is <c>memory:/mygame/core/player.py</c>, <c>has_location</c> is false and there is no <c>__file__</c>; resources are read from memory, and extension
    /// modules cannot be imported. So it is for every tree from memory while <see cref="PythonOptions.FileSystem"/> is off.</param>
    /// <exception cref="ArgumentException">A path is absolute or has an empty, <c>.</c> or <c>..</c> part, is a file and a folder, or the tree exceeds 2 GiB.</exception>
    public static PythonTree FromFiles(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, string name = "files", bool materialize = true)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentException.ThrowIfNullOrEmpty(name);
        List<ArchiveEntry> entries = new(files.Count);
        foreach ((string path, ReadOnlyMemory<byte> content) in files)
        {
            entries.Add(new ArchiveEntry(path, content.ToArray));
        }

        return Build(entries, name, InMemory(name), materialize);
    }

    /// <summary>A tree that was read from an assembly's file, by somebody who does not load the assembly. Mounting checks the archive.</summary>
    /// <param name="archive">The archive, which nobody else changes.</param>
    /// <param name="origin">The tree's origin.</param>
    /// <param name="source">The file that holds the archive: the assembly, or the program of a single-file application.</param>
    internal static PythonTree FromFile(byte[] archive, string origin, string source) => new(new PythonOwnedMemory(archive, source), origin);

    /// <summary>The tree of a bundle, which was verified.</summary>
    /// <param name="content">The archive, which nobody else changes.</param>
    /// <param name="name">Where it comes from: a file, or any name.</param>
    /// <param name="hash">Its hash.</param>
    internal static PythonTree OfBundle(byte[] content, string name, string hash)
    {
        bool isFile = Path.IsPathFullyQualified(name);
        return new PythonTree(new PythonOwnedMemory(content, isFile ? name : null), isFile ? OnDisk(name) : InMemory(name)) { BundleHash = hash };
    }

    /// <summary>All trees of an assembly, in the order of its resources.</summary>
    internal static IEnumerable<PythonTree> AllFrom(Assembly assembly)
    {
        string file = assembly.GetName().Name + ".dll";
        foreach (string name in NamesIn(assembly))
        {
            yield return Resource(assembly, file, name);
        }
    }

    /// <summary>All trees of the assemblies that the build listed, in its order.</summary>
    /// <exception cref="FileNotFoundException">An assembly that the build listed is missing.</exception>
    internal static IEnumerable<PythonTree> AllListed()
    {
        string names = AppContext.GetData("PyEmbed.Assemblies") as string ?? "";
        foreach (string name in names.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            foreach (PythonTree tree in AllFrom(Assembly.Load(new AssemblyName(name))))
            {
                yield return tree;
            }
        }
    }

    private static PythonTree Resource(Assembly assembly, string file, string name)
    {
        string resource = ResourcePrefix + name + ResourceSuffix;
        return new PythonTree(ResourceMemory.Of(assembly, resource)!, $"assembly:/{file}/{name}{ResourceSuffix}") { Assembly = assembly, Distribution = name };
    }

    private static string InMemory(string name) => $"memory:/{name}";

    private static string OnDisk(string path) => Path.DirectorySeparatorChar == '/' ? $"fs:{path}" : $"fs:/{path.Replace(Path.DirectorySeparatorChar, '/')}";

    private static List<string> NamesIn(Assembly assembly)
    {
        List<string> names = [];
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            if (resource.StartsWith(ResourcePrefix, StringComparison.Ordinal) && resource.EndsWith(ResourceSuffix, StringComparison.Ordinal))
            {
                names.Add(resource[ResourcePrefix.Length..^ResourceSuffix.Length]);
            }
        }

        return names;
    }

    /// <summary>A tree's name from a folder's, which may hold characters that the importer refuses as those of no other system's folders.</summary>
    private static string NameOf(string folder)
    {
        string name = string.Concat(folder.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).Trim('.');
        return name.Length > 0 ? name : "directory";
    }

    private static PythonTree Build(List<ArchiveEntry> entries, string name, string origin, bool materialize)
    {
        if (ArchivePath.Problem(name) is not null || name.AsSpan().IndexOfAny('/', ':') >= 0 || name.AsSpan().Trim().EndsWith("."))
        {
            throw new ArgumentException($"'{name}' cannot be the name of a tree: it becomes part of a folder's name.", nameof(name));
        }

        MemoryStream archive = new();
        try
        {
            ArchiveWriter.Write(archive, new TreeInfo(name, TreePlacement.App, MaterializeMode.Auto, null), entries);
        }
        catch (ArchiveTooLargeException e)
        {
            throw new ArgumentException(e.Message, e);
        }

        return new PythonTree(new PythonOwnedMemory(archive.ToArray()), origin) { Materialize = materialize };
    }
}
