using System.CommandLine;
using System.CommandLine.Completions;
using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Commands;

/// <summary>Completes names of modules out of the file that the command line names.</summary>
internal static class NameCompletion
{
    /// <summary>Lets an argument be completed.</summary>
    /// <param name="name">The argument.</param>
    /// <param name="file">The argument that names the file.</param>
    public static void AddTo(Argument name, Argument<string> file) => name.CompletionSources.Add(context => Names(context, file));

    /// <summary>Lets the value of an option be completed.</summary>
    /// <param name="name">The option.</param>
    /// <param name="file">The argument that names the file.</param>
    public static void AddTo(Option name, Argument<string> file) => name.CompletionSources.Add(context => Names(context, file));

    private static List<string> Names(CompletionContext context, Argument<string> file)
    {
        if (context.ParseResult.GetValue(file) is not { Length: > 0 } path)
        {
            return [];
        }

        try
        {
            using InputFile input = InputFile.Open(path, references: false);
            return [.. input.Trees.SelectMany(tree => tree.Contents.Modules).Select(module => module.Name)
                .Where(module => module.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (ToolException)
        {
            // While a command line is typed, a wrong file is nothing to complain about yet.
            return [];
        }
    }
}
