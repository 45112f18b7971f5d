using System.Text;
using System.Text.RegularExpressions;
using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Running;

/// <summary>What <c>pyembed run</c> runs.</summary>
/// <param name="Reference"><c>module:function</c>, or a module's name.</param>
/// <param name="IsModule">Whether it is run as <c>python -m</c> does.</param>
internal sealed partial record ProgramChoice(string Reference, bool IsModule)
{
    private const string Main = "__main__";

    /// <summary>Finds the program that the options and the file name.</summary>
    /// <param name="input">The file.</param>
    /// <param name="path">The file as the user gave it.</param>
    /// <param name="module">The option -m.</param>
    /// <param name="entryPoint">The option --entry-point.</param>
    /// <exception cref="ToolException">There is none, or several.</exception>
    public static ProgramChoice Find(InputFile input, string path, string? module, string? entryPoint)
    {
        if (module is not null)
        {
            return new ProgramChoice(module, IsModule: true);
        }

        if (entryPoint is not null)
        {
            return new ProgramChoice(Named(input, path, entryPoint), IsModule: false);
        }

        if (input.Main is { } main)
        {
            return new ProgramChoice(main, IsModule: !main.Contains(':', StringComparison.Ordinal));
        }

        if (input.EntryPoints.Count > 1)
        {
            throw new ToolException(ExitCodes.CommandLine, $"'{path}' has several entry points; name one with --entry-point: {Names(input)}.");
        }

        return input.EntryPoints.Count == 1 ? new ProgramChoice(input.EntryPoints[0].Reference, IsModule: false) : Package(input, path);
    }

    private static string Named(InputFile input, string path, string entryPoint)
    {
        if (entryPoint.Contains(':', StringComparison.Ordinal))
        {
            string[] parts = entryPoint.Split(':');
            return parts.Length == 2 && Array.TrueForAll(parts, part => part.Trim().Length > 0)
                ? entryPoint
                : throw new ToolException(ExitCodes.CommandLine, $"'{entryPoint}' is no entry point: it must be a name, or have the form 'module:function', such as 'mypkg.__main__:main'.");
        }

        return input.EntryPoints.FirstOrDefault(item => item.Name == entryPoint)?.Reference
            ?? throw new ToolException(
                ExitCodes.No,
                input.EntryPoints.Count > 0
                    ? $"'{path}' has no entry point '{entryPoint}'; it has {Names(input)}."
                    : $"'{path}' has no entry point '{entryPoint}', and no other; name a function as 'module:function', or a module with -m.");
    }

    // The top-level packages that "python -m" can run, of the application itself where that has any.
    private static ProgramChoice Package(InputFile input, string path)
    {
        List<(EmbeddedTree Tree, TreeModule Module)> own = Runnable(input.Readable().Where(tree => tree.Assembly == input.EntryAssembly + ".dll" || input.Kind == InputKind.Archive));
        List<(EmbeddedTree Tree, TreeModule Module)> packages = own.Count > 0 ? own : Runnable(input.Readable());
        if (packages.Count != 1)
        {
            throw new ToolException(
                ExitCodes.CommandLine,
                packages.Count == 0
                    ? $"'{path}' has no entry point and no package with a __main__; name a module with -m, or a function with --entry-point."
                    : $"'{path}' has several packages with a __main__; name one with -m: {string.Join(", ", packages.Select(found => PackageOf(found.Module)))}.");
        }

        (EmbeddedTree tree, TreeModule module) = packages[0];
        return OnlyDefinesMain(tree, module) ? new ProgramChoice($"{module.Name}:main", IsModule: false) : new ProgramChoice(PackageOf(module), IsModule: true);
    }

    // Such a __main__ does nothing when it is run: others call its function.
    private static bool OnlyDefinesMain(EmbeddedTree tree, TreeModule module)
    {
        if (module.Source is null)
        {
            return false;
        }

        string source = Encoding.UTF8.GetString(tree.Read(module.Source));
        return MainFunction().IsMatch(source) && !source.Contains("__name__", StringComparison.Ordinal);
    }

    private static string PackageOf(TreeModule module) => module.Name[..^(Main.Length + 1)];

    private static List<(EmbeddedTree Tree, TreeModule Module)> Runnable(IEnumerable<EmbeddedTree> trees) =>
        [.. trees.SelectMany(tree => tree.Contents.Modules, (tree, module) => (Tree: tree, Module: module))
            .Where(found => found.Module.Name.EndsWith("." + Main, StringComparison.Ordinal) && found.Module.Name.IndexOf('.') == found.Module.Name.LastIndexOf('.'))
            .DistinctBy(found => found.Module.Name).OrderBy(found => found.Module.Name, StringComparer.Ordinal)];

    private static string Names(InputFile input) => string.Join(", ", input.EntryPoints.Select(item => $"{item.Name} ({item.Reference})"));

    [GeneratedRegex(@"^def[ \t]+main[ \t]*\(", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MainFunction();
}
