using System.CommandLine;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed run</c>: runs a module or an entry point out of a file, without the application's .NET code.</summary>
internal static class RunCommand
{
    /// <summary>The argument whose words are the program's.</summary>
    public const string ProgramArguments = "ARGUMENTS";

    // Python's own view of what ended the program: a module that no tree has may be one that the application's .NET code provides.
    private const string MissingModule = """
        (lambda error: error.name or '' if isinstance(error, ModuleNotFoundError) else '')(getattr(__import__('sys'), 'last_value', None))
        """;

    public static Command Create(ToolOutput output)
    {
        Argument<string> file = FileArgument.Create();
        Option<string?> module = new("-m") { Description = "Run this module or package, as python -m does.", HelpName = "MODULE" };
        Option<string?> entryPoint = new("--entry-point") { Description = "Run this entry point, by its name or as module:function.", HelpName = "NAME" };
        Option<string?> python = PythonOption.Create();
        Argument<string[]> arguments = new(ProgramArguments) { Description = "What the program gets as sys.argv[1:]; after -- where they begin with a dash.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("run", "Runs a module or an entry point. Without options: what the application's Main runs, its only entry point, or its only package with a __main__.")
        {
            file, module, entryPoint, python, arguments,
        };
        NameCompletion.AddTo(module, file);
        command.Validators.Add(result =>
        {
            if (result.GetResult(module) is not null && result.GetResult(entryPoint) is not null)
            {
                result.AddError("-m and --entry-point cannot be given together.");
            }
        });
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(module), parsed.GetValue(entryPoint), parsed.GetValue(python), parsed.GetValue(arguments) ?? [], output));
        return command;
    }

    private static int Run(string path, string? module, string? entryPoint, string? chosen, string[] arguments, ToolOutput output)
    {
        if (output.Json)
        {
            throw new ToolException(ExitCodes.CommandLine, "run prints what the program prints; write --json after -- to give it to the program.");
        }

        ProgramChoice program;
        PythonOptions options;
        using (InputFile input = InputFile.Open(path, references: true))
        {
            List<PythonTree> trees = MountedTrees.Read(input);
            program = ProgramChoice.Find(input, path, module, entryPoint);
            options = ToolPython.Options(chosen, trees, keepBytecode: true);
        }

        using PythonInterpreter python = ToolPython.Start(options);
        int code = program.IsModule ? python.RunModule(program.Reference, arguments) : python.RunEntryPointAs(program.Reference, path, arguments);
        if (code != 0 && python.Evaluate<string>(MissingModule.Trim()) is { Length: > 0 } missing)
        {
            output.Complain($"The module '{Printable.Escape(missing)}' is in no tree of '{path}'. If the application's own .NET code provides it, only the application itself can run this.");
        }

        return code;
    }
}
