using System.CommandLine;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Stitching;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed extract</c>: the files of a file's trees, as files.</summary>
internal static class ExtractCommand
{
    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Argument<string[]> names = new("NAME") { Description = "Only these modules, packages, files and folders.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> folder = new("--output", "-o") { Description = "Where to: a folder that is not there yet, or empty.", HelpName = "FOLDER", Required = true };
        Option<bool> bytecode = new("--bytecode") { Description = "Also the bytecode in __pycache__." };
        Option<bool> force = new("--force") { Description = "The folder may hold files, and they may be replaced." };
        Option<bool> references = FileArgument.References();
        NameCompletion.AddTo(names, file);
        Command command = new("extract", "Writes the files of a file's Python trees into a folder.") { file, names, folder, bytecode, force, references };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            using InputFile input = StitchedFile.IsAt(path) ? StitchedFile.Open(path, output.Complain) : InputFile.Open(path, parsed.GetValue(references));
            return Run(input, parsed.GetValue(names) ?? [], parsed.GetRequiredValue(folder), parsed.GetValue(bytecode), parsed.GetValue(force), output);
        });
        return command;
    }

    private static int Run(InputFile input, string[] names, string folder, bool bytecode, bool force, ToolOutput output)
    {
        Dictionary<string, (EmbeddedTree Tree, TreeFile File)> chosen = Choose(input, names, bytecode, output);
        using Interruption interruption = new();
        foreach (EmbeddedTree tree in input.Trees.Where(tree => tree.Manifest is not null))
        {
            // A bundle is whole or of no use, as it is where it is mounted.
            if (TreeVerifier.Check(tree, interruption.Token).FirstOrDefault(finding => finding.IsDamage) is { } finding)
            {
                throw new ToolException(ExitCodes.Input, $"The bundle '{tree.Origin}' is damaged: {(finding.Problem.Contains(finding.Path, StringComparison.Ordinal) ? "" : $"'{finding.Path}': ")}{finding.Problem}. 'pyembed verify' shows all that is.");
            }
        }

        List<(string, Func<byte[]>)> files = [.. chosen.Select(item => (item.Key, new Func<byte[]>(() => item.Value.Tree.Read(item.Value.File))))];
        ToolOutput.During($"{files.Count} files", () =>
        {
            ExtractionFolder.Write(folder, files, force, interruption.Token);
            return true;
        });
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteString("folder", Path.GetFullPath(folder));
                json.WriteStartArray("files");
                foreach (string path in chosen.Keys)
                {
                    json.WriteStringValue(path);
                }

                json.WriteEndArray();
                UnreadableTrees.Write(json, input);
            });
        }
        else if (output.IsTerminal)
        {
            output.WriteFields([$"{files.Count} files in {folder}"]);
        }

        return UnreadableTrees.Report(input, output);
    }

    private static Dictionary<string, (EmbeddedTree Tree, TreeFile File)> Choose(InputFile input, string[] names, bool bytecode, ToolOutput output)
    {
        Dictionary<string, (EmbeddedTree Tree, TreeFile File)> chosen = new(StringComparer.Ordinal);
        HashSet<string> unmatched = [.. names];
        int stripped = 0;
        foreach (EmbeddedTree tree in input.Readable())
        {
            TreeSelection selection = new(tree.Contents, names);
            unmatched.ExceptWith(selection.Matched);
            stripped += bytecode ? 0 : selection.Stripped;
            foreach (TreeFile file in selection.Files(bytecode))
            {
                if (!chosen.TryAdd(file.Path, (tree, file)) && !tree.Read(file).AsSpan().SequenceEqual(chosen[file.Path].Tree.Read(chosen[file.Path].File)))
                {
                    throw new ToolException(
                        ExitCodes.Input, $"'{file.Path}' is in '{chosen[file.Path].Tree.Origin}' and differently in '{tree.Origin}': one folder cannot hold both. Name what to extract.");
                }
            }
        }

        if (unmatched.Count > 0)
        {
            throw new ToolException(
                ExitCodes.No, $"There is no module, file or folder {string.Join(", ", unmatched.Order(StringComparer.Ordinal).Select(name => $"'{name}'"))} in '{input.Path}'. 'pyembed tree' shows what there is.");
        }

        if (stripped > 0)
        {
            output.Complain($"{stripped} modules have no source, as they were embedded; '--bytecode' extracts their bytecode.");
        }

        return chosen;
    }
}
