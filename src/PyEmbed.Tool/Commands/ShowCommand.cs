using System.CommandLine;
using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed show</c>: a module's source or a file's bytes, or what is known of it.</summary>
internal static class ShowCommand
{
    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Argument<string> name = new("NAME") { Description = "A module, such as mypkg.core, or the path of a file, such as mypkg/data.txt." };
        Option<bool> info = new("--info") { Description = "What is known of it instead." };
        Option<bool> references = FileArgument.References();
        NameCompletion.AddTo(name, file);
        Command command = new("show", "Prints a module's source or a file's bytes.") { file, name, info, references };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetRequiredValue(name), parsed.GetValue(info), parsed.GetValue(references), output));
        return command;
    }

    private static int Run(string path, string name, bool info, bool references, ToolOutput output)
    {
        using InputFile input = InputFile.Open(path, references);
        (EmbeddedTree tree, TreeModule? module, TreeFile? file) = Find(input, path, name);
        if (info)
        {
            TreeFileInfo.Print(tree, module, file, output);
            return ExitCodes.Done;
        }

        byte[] content = tree.Read(file ?? SourceOf(module!));
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteString("distribution", tree.Distribution);
                json.WriteString("path", (file ?? module!.Source!).Path);
                if (TryDecode(content) is { } text)
                {
                    json.WriteString("text", text);
                }
                else
                {
                    json.WriteBase64String("base64", content);
                }
            });
        }
        else if (output.IsTerminal)
        {
            Print(name, content, output);
        }
        else
        {
            output.WriteBytes(content);
        }

        return ExitCodes.Done;
    }

    // A module before a file, whose name may have a dot too; in mount order, and a namespace package only where nobody has more of it.
    private static (EmbeddedTree Tree, TreeModule? Module, TreeFile? File) Find(InputFile input, string path, string name)
    {
        (EmbeddedTree Tree, TreeModule Module)? found = null;
        foreach (EmbeddedTree tree in input.Readable())
        {
            if (tree.Contents.FindModule(name) is { } module && (found is null || found.Value.Module.Kind == TreeModuleKind.Namespace && module.Kind != TreeModuleKind.Namespace))
            {
                found = (tree, module);
            }
        }

        if (found is { } best)
        {
            return (best.Tree, best.Module, null);
        }

        foreach (EmbeddedTree tree in input.Trees)
        {
            if (tree.Contents.FindFile(name) is { } file)
            {
                return (tree, null, file);
            }
        }

        throw new ToolException(ExitCodes.No, $"There is no module and no file '{name}' in '{path}'. 'pyembed tree' shows what there is.");
    }

    private static TreeFile SourceOf(TreeModule module) => module switch
    {
        { Source: { } source } => source,
        { Kind: TreeModuleKind.Namespace } => throw new ToolException(
            ExitCodes.No, $"'{module.Name}' is a namespace package, a folder without __init__.py: it has no source. 'pyembed tree FILE {module.Name}' shows what is in it."),
        { Kind: TreeModuleKind.Extension } or { Extensions.Count: > 0 } => throw new ToolException(
            ExitCodes.No, $"'{module.Name}' is native code: it has no source. 'pyembed show FILE {module.File!.Path}' gives its bytes."),
        _ => throw new ToolException(
            ExitCodes.No, $"The source of '{module.Name}' was left out at build (PyEmbedSource=Strip). 'pyembed show FILE {module.File!.Path}' gives its bytecode's bytes."),
    };

    private static string? TryDecode(byte[] content)
    {
        try
        {
            return ArchiveFormat.Utf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static void Print(string name, byte[] content, ToolOutput output)
    {
        if (content.AsSpan().Contains((byte)0))
        {
            throw new ToolException(ExitCodes.Output, $"'{name}' is no text and would confuse the terminal: redirect the output to a file.");
        }

        // Sources in another encoding declare one whose letters beyond ASCII matter less here than that they do no harm.
        string text = TryDecode(content) ?? Encoding.Latin1.GetString(content);
        foreach (string line in text.Split('\n'))
        {
            output.Text.WriteLine(string.Join('\t', line.TrimEnd('\r').Split('\t').Select(Printable.Escape)));
        }
    }
}
