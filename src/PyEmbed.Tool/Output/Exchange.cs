namespace PyEmbed.Tool.Output;

/// <summary>Moves files from one folder into another, where they may take the place of others, and back again if need be.</summary>
/// <param name="source">The folder that they come from.</param>
/// <param name="target">The folder that they go to, on the same disk.</param>
internal sealed class Exchange(string source, string target)
{
    // What was replaced; in a folder of its own, for it must outlast the source when it cannot be put back.
    private readonly string aside = source + ".replaced";
    private readonly List<(string Path, bool WasThere)> done = [];
    private readonly List<string> folders = [];

    /// <summary>Moves one file.</summary>
    /// <param name="path">Its path below the folders, with <c>/</c>.</param>
    public void Put(string path)
    {
        string place = Path.Combine(target, path);
        MakeFolder(Path.GetDirectoryName(place)!);
        bool isThere = File.Exists(place);
        if (isThere)
        {
            string old = Path.Combine(aside, path);
            Directory.CreateDirectory(Path.GetDirectoryName(old)!);
            File.Move(place, old);
        }

        done.Add((path, isThere));
        File.Move(Path.Combine(source, path), place);
    }

    /// <summary>Keeps what was done.</summary>
    public void Finish()
    {
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>Makes all be as it was.</summary>
    /// <exception cref="ToolException">That cannot be: says where the files are that were replaced.</exception>
    public void Undo()
    {
        try
        {
            for (int i = done.Count - 1; i >= 0; i--)
            {
                (string path, bool wasThere) = done[i];
                string place = Path.Combine(target, path);
                if (wasThere)
                {
                    File.Move(Path.Combine(aside, path), place, overwrite: true);
                }
                else
                {
                    File.Delete(place);
                }
            }

            for (int i = folders.Count - 1; i >= 0; i--)
            {
                Directory.Delete(folders[i]);
            }

            Finish();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(
                ExitCodes.Output, $"'{target}' cannot be written, and not all that was replaced could be put back: {e.Message} The files that are missing are in '{aside}'.", e);
        }
    }

    private void MakeFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            MakeFolder(Path.GetDirectoryName(folder)!);
            Directory.CreateDirectory(folder);
            folders.Add(folder);
        }
    }
}
