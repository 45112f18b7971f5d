using System.CommandLine;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Stitching;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed stitch</c>: one Python file from a package.</summary>
internal static class StitchCommand
{
    private const string StandardOutput = "-";
    private const int ShownWarnings = 3;

    public static Command Create(ToolOutput output)
    {
        Argument<string> source = new("SOURCE")
        {
            Description = "The folder of a package, a folder that holds one, or a .NET assembly or single-file application with trees, or a zip file.",
        };
        Option<string> file = new("--output", "-o") { Description = "The file to write; '-' for standard output.", HelpName = "FILE", Required = true };
        Option<string?> package = new("--package") { Description = "Which package, where there are several.", HelpName = "NAME" };
        Option<string?> version = new("--package-version") { Description = "The version that the file names. Default: what the package says.", HelpName = "VERSION" };
        Option<bool> leaveOut = new("--leave-out-extensions") { Description = "Leave extension modules out, which one file cannot hold." };
        Option<bool> force = new("--force") { Description = "Replace FILE if it is there." };
        Option<bool> references = FileArgument.References();
        Option<string?> python = PythonOption.Create();
        Command command = new("stitch", "Makes one Python file from a package, which plain CPython runs and imports.") { source, file, package, version, leaveOut, force, references, python };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(source),
            parsed.GetRequiredValue(file) is var given and not StandardOutput ? OutputFile.At(given, parsed.GetValue(force)) : null,
            new StitchChoices(parsed.GetValue(package), parsed.GetValue(version), parsed.GetValue(leaveOut), parsed.GetValue(python)),
            parsed.GetValue(references),
            output));
        return command;
    }

    private static int Run(string source, OutputFile? file, StitchChoices choices, bool references, ToolOutput output)
    {
        if (file is null && output.Json)
        {
            throw new ToolException(ExitCodes.CommandLine, "'-o -' prints the stitched file where '--json' would print its document; choose one of them.");
        }

        StitchedPackage package = ToolOutput.During($"Stitching {source}", () => Stitch(source, file, choices, references));
        if (file is null)
        {
            output.WriteBytes(package.Content);
        }
        else
        {
            using Interruption interruption = new();
            file.Write(package.Content, isProgram: true, interruption.Token);
        }

        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteString("file", file!.Path);
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

        foreach (string warning in package.Warnings.Take(ShownWarnings))
        {
            output.Complain(Printable.Escape(warning));
        }

        if (package.Warnings.Count > ShownWarnings)
        {
            output.Complain($"and {package.Warnings.Count - ShownWarnings} more such warnings; '--json' has all");
        }

        if (output.IsTerminal && file is not null)
        {
            output.WriteFields([$"{package.Name} in {file.Path}, {package.Content.Length} bytes"]);
        }

        return ExitCodes.Done;
    }

    private static StitchedPackage Stitch(string source, OutputFile? file, StitchChoices choices, bool references)
    {
        if (Directory.Exists(source))
        {
            return file?.IsIn(source) != true ? StitchedPackage.FromPath(source, choices) : throw new ToolException(
                ExitCodes.Output, $"'{file.Path}' lies in '{source}', which is to be stitched: the next time it would be part of the package. Name a file elsewhere.");
        }

        using InputFile input = InputFile.Open(source, references);
        if (input.Kind == InputKind.Archive && input.Unreadable.Any(tree => !tree.IsNewer))
        {
            // A zip that another program wrote, as a wheel, has no index, which is not needed here.
            return StitchedPackage.FromPath(source, choices);
        }

        return input.Unreadable.Count == 0 ? StitchedPackage.FromTrees(input.Trees, choices) : throw new ToolException(
            ExitCodes.Input, string.Join(" ", input.Unreadable.Select(tree => tree.Problem)));
    }
}
