using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using Spectre.Console;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed tree</c>: the modules and data files of a file's trees.</summary>
internal static class TreeCommand
{
    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Argument<string?> prefix = new("PREFIX") { Description = "Only this package and what is in it: mypkg.sub, or mypkg/sub.", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> depth = new("--depth") { Description = "How many levels to show.", HelpName = "LEVELS", CustomParser = Levels };
        Option<bool> references = FileArgument.References();
        NameCompletion.AddTo(prefix, file);
        Command command = new("tree", "Shows the modules and data files of a file's Python trees.") { file, prefix, depth, references };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(prefix)?.Replace('/', '.').TrimEnd('.'), parsed.GetValue(depth) ?? int.MaxValue, parsed.GetValue(references), output));
        return command;
    }

    private static int? Levels(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int levels) && levels > 0)
        {
            return levels;
        }

        result.AddError($"--depth takes a number from 1, and not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static int Run(string path, string? prefix, int depth, bool references, ToolOutput output)
    {
        using InputFile input = InputFile.Open(path, references);
        List<(EmbeddedTree Tree, List<TreeItem> Items)> trees = [];
        foreach (EmbeddedTree tree in input.Trees)
        {
            List<TreeItem> items = [.. TreeItem.Of(tree).Where(item => prefix is null || item.Dotted == prefix || item.Dotted.StartsWith(prefix + ".", StringComparison.Ordinal))];
            if (items.Count > 0 || prefix is null)
            {
                int most = prefix is null ? depth : (int)Math.Min(int.MaxValue, (long)depth + prefix.Count(c => c == '.') + 1);
                trees.Add((tree, [.. items.Where(item => item.Level <= most)]));
            }
        }

        if (trees.Count == 0 && input.Trees.Count > 0)
        {
            throw new ToolException(ExitCodes.No, $"There is no module and no folder '{prefix}' in '{path}'. 'pyembed tree' without it shows what there is.");
        }

        if (output.Json)
        {
            output.WriteJson(json => Write(json, input, trees));
        }
        else if (output.IsTerminal)
        {
            output.Flush();
            foreach ((EmbeddedTree tree, List<TreeItem> items) in trees)
            {
                output.Terminal.Write(Drawn(tree, items));
            }
        }
        else
        {
            foreach ((EmbeddedTree tree, List<TreeItem> items) in trees)
            {
                foreach (TreeItem item in items)
                {
                    output.WriteFields([item.Kind, item.Name, item.Size?.ToString(CultureInfo.InvariantCulture) ?? "-", item.Path ?? "-", tree.Distribution]);
                }
            }
        }

        return UnreadableTrees.Report(input, output);
    }

    private static Tree Drawn(EmbeddedTree tree, List<TreeItem> items)
    {
        Tree root = new(new Text(Printable.Escape(tree.Origin), new Style(Color.Grey)));
        Dictionary<string, TreeNode> nodes = new(StringComparer.Ordinal);
        foreach (TreeItem item in items)
        {
            Style style = item.Kind switch
            {
                "package" or "namespace" => new Style(Color.Blue),
                "extension" => new Style(Color.Red),
                "data" => new Style(Color.Grey),
                _ => Style.Plain,
            };
            string owner = item.Owner;
            while (owner.Length > 0 && !nodes.ContainsKey(owner))
            {
                owner = owner.LastIndexOf('.') is var dot and > 0 ? owner[..dot] : "";
            }

            string label = owner.Length > 0 && item.Kind != "data" ? item.Name[(owner.Length + 1)..] : item.Name;
            IHasTreeNodes parent = owner.Length > 0 ? nodes[owner] : root;
            TreeNode node = parent.AddNode(new Text(Printable.Escape(label), style));
            if (item.Kind != "data")
            {
                nodes[item.Name] = node;
            }
        }

        return root;
    }

    private static void Write(Utf8JsonWriter json, InputFile input, List<(EmbeddedTree Tree, List<TreeItem> Items)> trees)
    {
        json.WriteString("file", input.Path);
        json.WriteStartArray("trees");
        foreach ((EmbeddedTree tree, List<TreeItem> items) in trees)
        {
            json.WriteStartObject();
            json.WriteString("assembly", tree.Assembly);
            json.WriteString("distribution", tree.Distribution);
            json.WriteStartArray("items");
            foreach (TreeItem item in items)
            {
                json.WriteStartObject();
                json.WriteString("kind", item.Kind);
                json.WriteString("name", item.Name);
                json.WriteString("path", item.Path);
                if (item.Size is { } size)
                {
                    json.WriteNumber("size", size);
                }
                else
                {
                    json.WriteNull("size");
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        UnreadableTrees.Write(json, input);
    }
}
