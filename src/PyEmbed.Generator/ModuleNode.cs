using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>One name of the tree that the dotted names of modules span.</summary>
internal sealed class ModuleNode
{
    private readonly List<ModuleNode> _children = [];

    private ModuleNode(string name) => Name = name;

    /// <summary>The dotted name; empty for the root, which is no module.</summary>
    public string Name { get; }

    /// <summary>The name after the last dot.</summary>
    public string LastName => Name.Substring(Name.LastIndexOf('.') + 1);

    /// <summary>What the name stands for. A package that the manifest does not list has no file of its own here: a namespace.</summary>
    public ManifestModuleKind Kind { get; private set; } = ManifestModuleKind.Namespace;

    /// <summary>The module's docstring; empty where it has none.</summary>
    public string Docstring { get; private set; } = "";

    /// <summary>The names below this one, in the order of the manifest.</summary>
    public IReadOnlyList<ModuleNode> Children => _children;

    /// <summary>The tree of some modules.</summary>
    public static ModuleNode Tree(EquatableArray<ManifestModule> modules)
    {
        var nodes = new Dictionary<string, ModuleNode>(StringComparer.Ordinal) { [""] = new ModuleNode("") };
        foreach (ManifestModule module in modules)
        {
            ModuleNode node = Get(nodes, module.Name);
            node.Kind = module.Kind;
            node.Docstring = module.Docstring;
        }

        return nodes[""];
    }

    private static ModuleNode Get(Dictionary<string, ModuleNode> nodes, string name)
    {
        if (!nodes.TryGetValue(name, out ModuleNode? node))
        {
            node = new ModuleNode(name);
            nodes.Add(name, node);
            Get(nodes, name.Substring(0, Math.Max(name.LastIndexOf('.'), 0)))._children.Add(node);
        }

        return node;
    }
}
