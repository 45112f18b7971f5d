using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Commands;

/// <summary>A line of <c>pyembed tree</c>: a module or a data file.</summary>
/// <param name="Kind">package, module, namespace, extension or data.</param>
/// <param name="Name">A module's dotted name, a data file's path.</param>
/// <param name="Path">The file; null for a namespace.</param>
/// <param name="Size">The file's size.</param>
internal sealed record TreeItem(string Kind, string Name, string? Path, int? Size)
{
    /// <summary>The name with dots between folders, also for data.</summary>
    public string Dotted { get; } = Kind == "data" ? Name.Replace('/', '.') : Name;

    /// <summary>How deep it lies, from 1.</summary>
    public int Level => 1 + (Kind == "data" ? Name.Count(c => c == '/') : Name.Count(c => c == '.'));

    /// <summary>The dotted name of the folder that it lies in; empty for the root.</summary>
    public string Owner => Kind == "data"
        ? Name.LastIndexOf('/') is var slash and > 0 ? Name[..slash].Replace('/', '.') : ""
        : Name.LastIndexOf('.') is var dot and > 0 ? Name[..dot] : "";

    /// <summary>The modules of a tree in ordinal order of their names, then its data in that of their paths.</summary>
    public static IEnumerable<TreeItem> Of(EmbeddedTree tree) => tree.Contents.Modules
        .Select(module => new TreeItem(NameOf(module.Kind), module.Name, module.File?.Path, module.File?.Record.Size))
        .Concat(tree.Contents.Data.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => new TreeItem("data", file.Path, file.Path, file.Record.Size)));

    /// <summary>The name of a kind, as it is printed.</summary>
    public static string NameOf(TreeModuleKind kind) => kind switch
    {
        TreeModuleKind.Package => "package",
        TreeModuleKind.Namespace => "namespace",
        TreeModuleKind.Extension => "extension",
        _ => "module",
    };
}
