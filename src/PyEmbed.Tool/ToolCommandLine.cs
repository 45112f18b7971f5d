using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PyEmbed.Tool.Commands;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool;

/// <summary>The command line: the commands, and what all of them have.</summary>
internal sealed class ToolCommandLine
{
    private readonly ToolOutput output;
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON document.", Recursive = true };
    private readonly RootCommand root;

    public ToolCommandLine(ToolOutput output)
    {
        this.output = output;
        root = new RootCommand("Looks into .NET assemblies and single-file applications that embed Python trees with PyEmbed.")
        {
            json,
            ListCommand.Create(output),
        };
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new CommandHelp((HelpAction)help.Action!, root);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ToolException">It is wrong.</exception>
    public ParseResult Parse(string[] arguments)
    {
        // A name that begins with @ is a name, and no file of further arguments.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            string command = parsed.CommandResult.Command == root ? "pyembed" : $"pyembed {parsed.CommandResult.Command.Name}";
            string errors = string.Join(" ", parsed.Errors.Select(error => error.Message));
            throw new ToolException(ExitCodes.CommandLine, $"{errors} See '{command} --help'.");
        }

        output.Json = parsed.GetValue(json);
        return parsed;
    }

    /// <summary>The library's help, under the command's name instead of its program file's, and with the exit codes.</summary>
    private sealed class CommandHelp(HelpAction inner, Command root) : SynchronousCommandLineAction
    {
        // As for the action that it stands for: "list --help" needs no file.
        public override bool ClearsParseErrors => inner.ClearsParseErrors;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using StringWriter help = new();
            parseResult.InvocationConfiguration.Output = help;
            int code = inner.Invoke(parseResult);
            output.Write(help.ToString().TrimEnd().Replace($"  {root.Name} ", "  pyembed ", StringComparison.Ordinal));
            output.WriteLine();
            if (parseResult.CommandResult.Command == root)
            {
                output.WriteLine();
                output.WriteLine(ExitCodes.Help);
            }

            return code;
        }
    }
}
