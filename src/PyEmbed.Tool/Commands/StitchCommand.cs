using System.CommandLine;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Stitching;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed stitch</c>: one Python file from a package.</summary>
internal static class StitchCommand
{
    public static Command Create(ToolOutput output)
    {
        Argument<string> source = new("SOURCE")
        {
            Description = "The folder of a package, a folder that holds one, or a .NET assembly, single-file application or zip file with trees.",
        };
        Option<string> file = new("--output", "-o") { Description = "The file to write.", HelpName = "FILE", Required = true };
        Option<string?> package = new("--package") { Description = "Which package, where there are several.", HelpName = "NAME" };
        Option<string?> version = new("--package-version") { Description = "The version that the file names. Default: what the package says.", HelpName = "VERSION" };
        Option<bool> leaveOut = new("--leave-out-extensions") { Description = "Leave extension modules out, which one file cannot hold." };
        Option<bool> force = new("--force") { Description = "Replace FILE if it is there." };
        Option<bool> references = FileArgument.References();
        Option<string?> python = PythonOption.Create();
        Command command = new("stitch", "Makes one Python file from a package, which plain CPython runs and imports.") { source, file, package, version, leaveOut, force, references, python };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(source),
            OutputFile.At(parsed.GetRequiredValue(file), parsed.GetValue(force)),
            new StitchChoices(parsed.GetValue(package), parsed.GetValue(version), parsed.GetValue(leaveOut), parsed.GetValue(python)),
            parsed.GetValue(references),
            output));
        return command;
    }

    private static int Run(string source, OutputFile file, StitchChoices choices, bool references, ToolOutput output)
    {
        StitchedPackage package = ToolOutput.During($"Stitching {source}", () => Stitch(source, file, choices, references));
        using (Interruption interruption = new())
        {
            file.Write(package.Content, isProgram: true, interruption.Token);
        }

        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteString("file", file.Path);
                json.WriteString("package", package.Name);
                json.WriteString("origin", package.Origin);
                json.WriteNumber("bytes", package.Content.Length);
                json.WriteStartArray("warnings");
                foreach (string warning in package.Warnings)
                {
                    json.WriteStringValue(warning);
                }

                json.WriteEndArray();
            });
            return ExitCodes.Done;
        }

        foreach (string warning in package.Warnings)
        {
            output.Complain(Printable.Escape(warning));
        }

        if (output.IsTerminal)
        {
            output.WriteFields([$"{package.Name} in {file.Path}, {package.Content.Length} bytes"]);
        }

        return ExitCodes.Done;
    }

    private static StitchedPackage Stitch(string source, OutputFile file, StitchChoices choices, bool references)
    {
        if (Directory.Exists(source))
        {
            return !file.IsIn(source) ? StitchedPackage.FromFolder(source, choices) : throw new ToolException(
                ExitCodes.Output, $"'{file.Path}' lies in '{source}', which is to be stitched: the next time it would be part of the package. Name a file elsewhere.");
        }

        using InputFile input = InputFile.Open(source, references);
        return input.Unreadable.Count == 0 ? StitchedPackage.FromTrees(input.Trees, choices) : throw new ToolException(
            ExitCodes.Input, string.Join(" ", input.Unreadable.Select(tree => tree.Problem)));
    }
}
