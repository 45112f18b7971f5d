using System.Text.Json;
using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Graphs;

/// <summary>The modules of trees and whom they import, as Python's syntax tells (pyembed/_command.py).</summary>
internal sealed record ImportGraph(
    IReadOnlyList<GraphModule> Modules, IReadOnlyList<GraphImport> Imports, IReadOnlyList<GraphCycle> Cycles, IReadOnlyList<GraphProblem> Problems)
{
    /// <summary>Has Python follow the imports of trees. Nothing of the trees is run.</summary>
    /// <param name="python">The CPython that parses the sources, and whose standard library counts.</param>
    /// <param name="trees">In mount order.</param>
    /// <exception cref="ToolException">A tree is damaged.</exception>
    public static ImportGraph Follow(PythonInterpreter python, IReadOnlyList<EmbeddedTree> trees)
    {
        object[] items = [.. trees.Select(tree => tree.Contents.Modules.Select(module => Item(tree, module)).ToArray())];
        using PythonObject module = python.Import("pyembed._command");
        using JsonDocument document = JsonDocument.Parse(module.InvokeMethod<string>("describe_imports", [items]));
        JsonElement root = document.RootElement;
        return new ImportGraph(
            [.. root.GetProperty("modules").EnumerateArray().Select(item => new GraphModule(
                Text(item, "name"), Text(item, "kind"), trees[item.GetProperty("tree").GetInt32()].Origin, item.GetProperty("source").GetBoolean()))],
            [.. root.GetProperty("imports").EnumerateArray().Select(item => new GraphImport(
                Text(item, "importer"), Text(item, "imported"), Text(item, "kind"), item.GetProperty("line").GetInt32(), Text(item, "place")))],
            [.. root.GetProperty("cycles").EnumerateArray().Select(item => new GraphCycle(Texts(item, "modules"), Texts(item, "path")))],
            [.. root.GetProperty("problems").EnumerateArray().Select(item => new GraphProblem(Text(item, "path"), item.GetProperty("line").GetInt32(), Text(item, "message")))]);
    }

    /// <summary>The part that a package, or a module, and what is in it imports.</summary>
    /// <param name="name">The package's dotted name; null for everything.</param>
    /// <param name="external">Whether imports of modules that are in no tree count.</param>
    public ImportGraph Of(string? name, bool external) => new(
        [.. Modules.Where(module => IsIn(module.Name, name))],
        [.. Imports.Where(import => IsIn(import.Importer, name) && (external || import.Place == GraphImport.InTree))],
        [.. Cycles.Where(cycle => cycle.Modules.Any(module => IsIn(module, name)))],
        Problems);

    private static bool IsIn(string module, string? package) =>
        package is null || module == package || module.StartsWith(package + ".", StringComparison.Ordinal);

    // What the module would be imported from; the source of a package or module, where it has one, is all that is looked at.
    private static (string Name, string Kind, string? Path, object? Source) Item(EmbeddedTree tree, TreeModule module)
    {
        bool isSource = module.Source is not null && module.Extensions.Count == 0;
        return (module.Name, module.Kind.ToString().ToLowerInvariant(), (isSource ? module.Source : module.File)?.Path, isSource ? tree.Read(module.Source!) : null);
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? "";

    private static string[] Texts(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? "")];
}
