using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Stitching;

/// <summary>A package in one file, as Python makes it (pyembed/stitch.py).</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Content">The file.</param>
/// <param name="Warnings">What it will not do that the package does.</param>
internal sealed record StitchedPackage(string Name, string Origin, byte[] Content, IReadOnlyList<string> Warnings)
{
    /// <summary>Makes it from a folder, or from any zip file.</summary>
    /// <exception cref="ToolException">What is there cannot be stitched.</exception>
    public static StitchedPackage FromPath(string path, StitchChoices choices) => Make(path, choices);

    /// <summary>Makes it from trees, in mount order.</summary>
    /// <exception cref="ToolException">They cannot be stitched.</exception>
    public static StitchedPackage FromTrees(IReadOnlyList<EmbeddedTree> trees, StitchChoices choices) => Make(trees.Select(tree => (tree.Origin, Bytes(tree))).ToArray(), choices);

    private static StitchedPackage Make(object source, StitchChoices choices)
    {
        using PythonInterpreter python = ToolPython.Start(ToolPython.Options(choices.Python, [], keepBytecode: false));
        (string name, string origin, byte[] content, string[] warnings) =
            PythonCommand.Invoke<(string, string, byte[], string[])>(python, "stitch", source, choices.Package, choices.Version, choices.LeaveOutExtensions);
        return new StitchedPackage(name, origin, content, warnings);
    }

    private static byte[] Bytes(EmbeddedTree tree)
    {
        byte[] content = new byte[tree.Length];
        tree.OpenArchive().ReadExactly(content);
        return content;
    }
}
