using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Running;

/// <summary>Trees of a file, ready to be mounted.</summary>
internal static class MountedTrees
{
    /// <summary>Reads the archives of all trees.</summary>
    /// <exception cref="ToolException">One cannot be read: a program with a part of its trees is not run.</exception>
    public static List<PythonTree> Read(InputFile input)
    {
        if (input.Unreadable.Count > 0)
        {
            throw new ToolException(ExitCodes.Input, string.Join(" ", input.Unreadable.Select(tree => tree.Problem)));
        }

        List<PythonTree> trees = [];
        foreach (EmbeddedTree tree in input.Trees)
        {
            byte[] archive = new byte[tree.Length];
            tree.OpenArchive().ReadExactly(archive);
            trees.Add(PythonTree.FromFile(archive, tree.Origin, input.FileOf(tree)));
        }

        return trees;
    }
}
