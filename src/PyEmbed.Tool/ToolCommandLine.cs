using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using PyEmbed.Tool.Commands;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool;

/// <summary>The command line: the commands, and what all of them have.</summary>
internal sealed class ToolCommandLine
{
    private const string Suggest = "[suggest";

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
            TreeCommand.Create(output),
            ShowCommand.Create(output),
            VerifyCommand.Create(output),
            ExtractCommand.Create(output),
            GraphCommand.Create(output),
            StitchCommand.Create(output),
            BundleCommand.Create(output),
            RunCommand.Create(output),
            DoctorCommand.Create(output),
            CacheCommand.Create(output),
            CompletionCommand.Create(output),
        };
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            // Paths begin with a slash too.
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
            help.Action = new CommandHelp((HelpAction)help.Action!, root);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ToolException">It is wrong.</exception>
    public ParseResult Parse(string[] arguments)
    {
        // A name that begins with @ is a name, and no file of further arguments.
        ParseResult parsed = root.Parse(Renamed(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            string command = NameOf(parsed.CommandResult);
            string errors = string.Join(" ", parsed.Errors.Select(error => error.Message));
            throw new ToolException(ExitCodes.CommandLine, $"{errors} See '{command} --help'.");
        }

        RefuseEmpty(parsed);
        output.Json = parsed.GetValue(json);
        return parsed;
    }

    // An empty word names nothing. Only a program that is run may take one.
    private void RefuseEmpty(ParseResult parsed)
    {
        foreach (SymbolResult result in parsed.CommandResult.Children.Where(result => result.Tokens.Any(token => token.Value.Length == 0)))
        {
            string? name = result switch
            {
                OptionResult option => option.Option.Name,
                ArgumentResult argument when argument.Argument.Name != RunCommand.ProgramArguments => argument.Argument.Name,
                _ => null,
            };
            if (name is not null)
            {
                throw new ToolException(ExitCodes.CommandLine, $"{name} is empty. See '{NameOf(parsed.CommandResult)} --help'.");
            }
        }
    }

    // The library takes the first word of a line that is to be completed for the program only where it is the program file's name, which a
    // tool's is not: "[suggest:14]" "pyembed show A".
    private string[] Renamed(string[] arguments)
    {
        if (arguments.Length == 0 || !arguments[0].StartsWith(Suggest, StringComparison.Ordinal))
        {
            return arguments;
        }

        string directive = arguments[0];
        int position = 0;
        bool hasPosition = directive.StartsWith(Suggest + ":", StringComparison.Ordinal);
        if (hasPosition && !int.TryParse(directive.AsSpan(Suggest.Length + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out position))
        {
            throw new ToolException(ExitCodes.CommandLine, $"'{directive}' gives no position in the line that is to be completed, such as [suggest:14].");
        }

        if (arguments is not [_, { } line])
        {
            return arguments;
        }

        int end = line.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? space : line.Length;
        if (hasPosition)
        {
            directive = $"{Suggest}:{Math.Max(position, end) - end + root.Name.Length}]";
        }

        return [directive, root.Name + line[end..]];
    }

    // The root's own name is that of the assembly.
    private string NameOf(CommandResult result) =>
        result.Command == root || result.Parent is not CommandResult parent ? "pyembed" : $"{NameOf(parent)} {result.Command.Name}";

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
