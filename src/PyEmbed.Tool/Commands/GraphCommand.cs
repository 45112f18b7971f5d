using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PyEmbed.Tool.Graphs;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed graph</c>: which module imports which.</summary>
internal static class GraphCommand
{
    private static readonly string[] Columns = ["MODULE", "IMPORTS", "WHEN", "LINE", "FROM"];

    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Option<bool> dot = new("--dot") { Description = "Print the graph in DOT, Graphviz's language." };
        Option<bool> external = new("--external") { Description = "Also imports of modules that are in no tree." };
        Option<string?> package = new("--package") { Description = "Only what this package or module, and what is in it, imports.", HelpName = "NAME" };
        Option<bool> references = FileArgument.References();
        Option<string?> python = PythonOption.Create();
        NameCompletion.AddTo(package, file);
        Command command = new("graph", "Shows which modules of a file's trees import which. Nothing of them is run.") { file, dot, external, package, references, python };
        command.Validators.Add(result =>
        {
            if (result.GetValue(dot) && result.GetValue<bool>("--json"))
            {
                result.AddError("--dot and --json cannot be given together.");
            }
        });
        command.SetAction(parsed =>
        {
            using InputFile input = InputFile.Open(parsed.GetRequiredValue(file), parsed.GetValue(references));
            ImportGraph graph = Follow(input, parsed.GetValue(python)).Of(parsed.GetValue(package), parsed.GetValue(external));
            if (graph.Modules.Count == 0)
            {
                throw new ToolException(ExitCodes.No, $"There is no module '{parsed.GetValue(package)}' in '{input.Path}'. 'pyembed tree' shows what there is.");
            }

            Print(graph, input, parsed.GetValue(dot), output);
            return UnreadableTrees.Report(input, output);
        });
        return command;
    }

    private static ImportGraph Follow(InputFile input, string? path)
    {
        IReadOnlyList<EmbeddedTree> trees = input.Readable();
        if (!trees.Any(tree => tree.Contents.Modules.Count > 0))
        {
            throw new ToolException(ExitCodes.Input, $"'{input.Path}' embeds no Python module, only data.");
        }

        if (!trees.Any(tree => tree.Contents.Modules.Any(module => module.Source is not null)))
        {
            throw new ToolException(
                ExitCodes.Input, $"'{input.Path}' embeds its modules without their sources, which tell what they import. Build it with PyEmbedSource=Include.");
        }

        return ToolOutput.During("Following imports", () =>
        {
            using PythonInterpreter python = ToolPython.Start(ToolPython.Options(path, [], keepBytecode: false));
            return ImportGraph.Follow(python, trees);
        });
    }

    private static void Print(ImportGraph graph, InputFile input, bool dot, ToolOutput output)
    {
        if (output.Json)
        {
            output.WriteJson(json => Write(json, graph, input));
            return;
        }

        if (dot)
        {
            DotWriter.Write(graph, Path.GetFileName(input.Path), output.Text);
        }
        else
        {
            output.WriteTable(Columns, graph.Imports.Select(import => new[]
            {
                import.Importer, import.Imported, import.Kind, import.Line.ToString(CultureInfo.InvariantCulture), import.Place,
            }));
        }

        foreach (GraphCycle cycle in graph.Cycles)
        {
            string others = cycle.Modules.Count > cycle.Path.Count - 1 ? $" ({cycle.Modules.Count} modules import each other)" : "";
            output.Complain($"import cycle: {string.Join(" -> ", cycle.Path)}{others}");
        }

        foreach (GraphProblem problem in graph.Problems)
        {
            string line = problem.Line > 0 ? $", line {problem.Line}" : "";
            output.Complain($"{Printable.Escape(problem.Path)}{line}: {Printable.Escape(problem.Message)}: what it imports is not all known");
        }

        int withoutSource = graph.Modules.Count(module => !module.HasSource && module.Kind is "package" or "module");
        if (withoutSource > 0)
        {
            output.Complain($"{withoutSource} modules have no source: what they import is not known");
        }
    }

    private static void Write(Utf8JsonWriter json, ImportGraph graph, InputFile input)
    {
        json.WriteString("file", input.Path);
        WriteArray(json, "modules", graph.Modules, module =>
        {
            json.WriteString("name", module.Name);
            json.WriteString("kind", module.Kind);
            json.WriteString("tree", module.Tree);
            json.WriteBoolean("source", module.HasSource);
        });
        WriteArray(json, "imports", graph.Imports, import =>
        {
            json.WriteString("importer", import.Importer);
            json.WriteString("imported", import.Imported);
            json.WriteString("kind", import.Kind);
            json.WriteNumber("line", import.Line);
            json.WriteString("place", import.Place);
        });
        WriteArray(json, "cycles", graph.Cycles, cycle =>
        {
            WriteTexts(json, "modules", cycle.Modules);
            WriteTexts(json, "path", cycle.Path);
        });
        WriteArray(json, "problems", graph.Problems, problem =>
        {
            json.WriteString("path", problem.Path);
            json.WriteNumber("line", problem.Line);
            json.WriteString("message", problem.Message);
        });
        UnreadableTrees.Write(json, input);
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
