using PyEmbed.Manifest;

namespace PyEmbed.Tool.Inputs;

/// <summary>What is in a tree: its files, and the modules that they are.</summary>
internal sealed class TreeContents
{
    private const string Cache = "__pycache__";
    private readonly Dictionary<string, TreeFile> filesByPath;
    private readonly Dictionary<string, TreeModule> modulesByName = new(StringComparer.Ordinal);

    private TreeContents(List<TreeFile> files)
    {
        Files = files;
        filesByPath = new Dictionary<string, TreeFile>(files.Count, StringComparer.Ordinal);
        List<TreeFile> data = [];
        foreach (TreeFile file in files)
        {
            filesByPath[file.Path] = file;
            if (!AddToModule(file))
            {
                data.Add(file);
            }
        }

        foreach (string name in modulesByName.Keys.ToList())
        {
            for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
            {
                Module(name[..dot]);
            }
        }

        Data = data;
        Modules = [.. modulesByName.Values.OrderBy(module => module.Name, StringComparer.Ordinal)];
    }

    /// <summary>All files, those of a folder together, in the archive's order; without the index.</summary>
    public IReadOnlyList<TreeFile> Files { get; }

    /// <summary>The files that are no module and no bytecode of one.</summary>
    public IReadOnlyList<TreeFile> Data { get; }

    /// <summary>The modules, in ordinal order of their names.</summary>
    public IReadOnlyList<TreeModule> Modules { get; }

    /// <summary>The bytes of all files, as they are when inflated.</summary>
    public long Size => Files.Sum(file => (long)file.Record.Size);

    /// <summary>The versions of CPython that there is bytecode for, in ascending order.</summary>
    public IReadOnlyList<string> BytecodeVersions =>
        TreeBytecode.VersionsOf(Modules.SelectMany(module => module.Bytecode).Select(code => code.Tag).Where(tag => tag.Length > 0));

    /// <summary>Reads the index of an archive.</summary>
    /// <exception cref="ArchiveFormatException">It is damaged.</exception>
    public static TreeContents Read(ArchiveReader archive)
    {
        List<TreeFile> files = [];
        foreach (string folder in archive.Folders)
        {
            foreach (ArchiveRecord record in archive.ReadFolder(folder))
            {
                if (record.Kind != ArchiveRecordKind.Folder)
                {
                    files.Add(new TreeFile(folder.Length == 0 ? record.Name : $"{folder}/{record.Name}", record));
                }
            }
        }

        return new TreeContents(files);
    }

    /// <summary>Finds a module by its dotted name; null where there is none.</summary>
    public TreeModule? FindModule(string name) => modulesByName.GetValueOrDefault(name);

    /// <summary>Finds a file by its path; null where there is none.</summary>
    public TreeFile? FindFile(string path) => filesByPath.GetValueOrDefault(path);

    private bool AddToModule(TreeFile file)
    {
        int slash = file.Path.LastIndexOf('/');
        string folder = slash < 0 ? "" : file.Path[..slash];
        string name = file.Path[(slash + 1)..];
        bool isCache = folder == Cache || folder.EndsWith("/" + Cache, StringComparison.Ordinal);
        if (isCache)
        {
            if (!TreeBytecode.TryParse(name, out string stem, out string tag, out int optimize)
                || Named(folder[..^Cache.Length] + stem + ".py") is not { } compiled)
            {
                return false;
            }

            compiled.Add(new TreeBytecode(file, tag, optimize));
            return true;
        }

        bool isLoose = name.EndsWith(".pyc", StringComparison.Ordinal);
        if (Named(isLoose ? file.Path[..^1] : file.Path) is not { } module)
        {
            return false;
        }

        if (isLoose)
        {
            module.Add(new TreeBytecode(file, "", 0));
        }
        else if (name.EndsWith(".py", StringComparison.Ordinal))
        {
            module.Source = file;
        }
        else
        {
            module.Extensions.Add(file);
        }

        return true;
    }

    private TreeModule? Named(string path)
    {
        if (ModuleName.FromPath(path, out bool isPackage) is not { } name)
        {
            return null;
        }

        TreeModule module = Module(name);
        module.IsPackage |= isPackage;
        return module;
    }

    private TreeModule Module(string name)
    {
        if (!modulesByName.TryGetValue(name, out TreeModule? module))
        {
            modulesByName.Add(name, module = new TreeModule(name));
        }

        return module;
    }
}
