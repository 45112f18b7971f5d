using System.Text;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Stitching;

/// <summary>A stitched file as an input. It is parsed, and never run.</summary>
internal static class StitchedFile
{
    // What every stitched file assigns (pyembed/_stitch_writer.py), and how far from its beginning.
    private const int Head = 1 << 17;
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes("\n_stitch_format = ");

    /// <summary>Whether a file is one, as far as its beginning tells; false where it cannot be read.</summary>
    public static bool IsAt(string path)
    {
        if (!InputFile.IsRegular(path))
        {
            return false;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] head = new byte[Math.Min(Head, file.Length)];
            return head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)).IndexOf(Mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Opens one.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="warn">Gets what is to be told: which files were changed in it.</param>
    /// <exception cref="ToolException">It is damaged, or of a newer format.</exception>
    public static InputFile Open(string path, Action<string> warn)
    {
        using PythonInterpreter python = ToolPython.Start(ToolPython.Options(null, [], keepBytecode: false));
        (byte[] archive, string[] warnings) = PythonCommand.Invoke<(byte[], string[])>(python, "unpack", Path.GetFullPath(path));
        foreach (string warning in warnings)
        {
            warn(warning);
        }

        return InputFile.OfArchive(path, archive);
    }
}
