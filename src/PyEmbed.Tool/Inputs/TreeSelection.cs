namespace PyEmbed.Tool.Inputs;

/// <summary>The part of a tree that names stand for: modules and packages with all in them, files, folders.</summary>
internal sealed class TreeSelection
{
    private readonly TreeContents contents;
    private readonly List<string>? prefixes;
    private readonly HashSet<TreeFile> files = [];
    private readonly Dictionary<TreeFile, TreeModule> bytecode = [];

    /// <summary>Selects.</summary>
    /// <param name="contents">The tree's contents.</param>
    /// <param name="names">The names; none stands for all.</param>
    public TreeSelection(TreeContents contents, IReadOnlyCollection<string> names)
    {
        this.contents = contents;
        foreach (TreeModule module in contents.Modules)
        {
            foreach (TreeBytecode code in module.Bytecode.Where(code => code.Tag.Length > 0))
            {
                bytecode[code.File] = module;
            }
        }

        if (names.Count == 0)
        {
            return;
        }

        prefixes = [];
        foreach (string name in names)
        {
            Match(name);
        }
    }

    /// <summary>The names that stand for something here.</summary>
    public HashSet<string> Matched { get; } = new(StringComparer.Ordinal);

    /// <summary>How many of the selected modules have bytecode only.</summary>
    public int Stripped => bytecode.Where(code => IsSelected(code.Key) && code.Value.Source is null).Select(code => code.Value).Distinct().Count();

    /// <summary>The selected files, in the archive's order.</summary>
    /// <param name="withBytecode">Whether bytecode in <c>__pycache__</c> counts.</param>
    public IEnumerable<TreeFile> Files(bool withBytecode) =>
        contents.Files.Where(file => (withBytecode || !bytecode.ContainsKey(file)) && IsSelected(file));

    private void Match(string name)
    {
        if (contents.FindModule(name) is { } module)
        {
            Matched.Add(name);
            if (module.Kind is TreeModuleKind.Package or TreeModuleKind.Namespace)
            {
                prefixes!.Add(name.Replace('.', '/') + "/");
            }

            files.UnionWith([.. module.Extensions, .. module.Bytecode.Select(code => code.File)]);
            if (module.Source is not null)
            {
                files.Add(module.Source);
            }
        }
        else if (contents.FindFile(name) is { } file)
        {
            Matched.Add(name);
            files.Add(file);
        }
        else if (contents.Files.Any(item => item.Path.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            Matched.Add(name);
            prefixes!.Add(name.TrimEnd('/') + "/");
        }
    }

    private bool IsSelected(TreeFile file) =>
        prefixes is null || files.Contains(file) || prefixes.Exists(prefix => file.Path.StartsWith(prefix, StringComparison.Ordinal));
}
