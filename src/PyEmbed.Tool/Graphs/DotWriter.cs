using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Graphs;

/// <summary>Writes a graph in DOT, Graphviz's language (https://graphviz.org/doc/info/lang.html).</summary>
internal static class DotWriter
{
    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="title">Its name, any text.</param>
    /// <param name="output">Gets the text, a line a node or edge, in a stable order.</param>
    public static void Write(ImportGraph graph, string title, TextWriter output)
    {
        output.Write($"digraph {Quote(title)} {{\n    rankdir=LR;\n    node [shape=box];\n");
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (GraphModule module in graph.Modules)
        {
            written.Add(module.Name);
            output.Write($"    {Quote(module.Name)}{Shape(module.Kind)};\n");
        }

        foreach (GraphImport import in graph.Imports.OrderBy(import => import.Imported, StringComparer.Ordinal))
        {
            if (written.Add(import.Imported))
            {
                output.Write($"    {Quote(import.Imported)}{Look(import.Place)};\n");
            }
        }

        Dictionary<string, GraphCycle> cycles = graph.Cycles.SelectMany(cycle => cycle.Modules.Select(module => (module, cycle))).ToDictionary(item => item.module, item => item.cycle);
        foreach (GraphImport import in graph.Imports)
        {
            bool inCycle = import.Kind is GraphImport.TopLevel or GraphImport.Conditional
                && cycles.TryGetValue(import.Importer, out GraphCycle? cycle) && cycles.GetValueOrDefault(import.Imported) == cycle;
            output.Write($"    {Quote(import.Importer)} -> {Quote(import.Imported)}{Attributes(Line(import.Kind), inCycle ? "color=red" : "")};\n");
        }

        output.Write("}\n");
    }

    /// <summary>The text as a quoted string. Inside one only the quote must be escaped, but a backslash begins an escape in labels.</summary>
    internal static string Quote(string text)
    {
        // Control characters and the like are shown as everywhere, by their numbers.
        string shown = Printable.Escape(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        return $"\"{shown}\"";
    }

    private static string Shape(string kind) => kind switch
    {
        "package" => " [shape=folder]",
        "namespace" => " [shape=folder, style=dashed]",
        "extension" => " [shape=component]",
        _ => "",
    };

    private static string Look(string place) => place switch
    {
        GraphImport.InTree => "",
        GraphImport.Missing => " [style=dashed, color=red]",
        _ => " [style=rounded, color=gray]",
    };

    private static string Line(string kind) => kind switch
    {
        GraphImport.TopLevel => "",
        GraphImport.Conditional => "style=dashed",
        "function" => "style=dotted",
        _ => "style=dotted, arrowhead=empty",
    };

    private static string Attributes(params string[] attributes)
    {
        string text = string.Join(", ", attributes.Where(attribute => attribute.Length > 0));
        return text.Length > 0 ? $" [{text}]" : "";
    }
}
