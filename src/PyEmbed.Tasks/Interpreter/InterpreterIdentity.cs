using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>What changes when a path leads to another interpreter, found out without starting it.</summary>
internal static class InterpreterIdentity
{
    // The version managers whose python3 is a script or a program that starts the version wanted at a place.
    private static readonly string[] s_variables = ["PYENV_", "ASDF_", "MISE_"];
    private static readonly string[] s_files = [".python-version", ".tool-versions", "mise.toml", ".mise.toml"];

    /// <param name="executable">The interpreter, or a script that starts one.</param>
    /// <param name="workingDirectory">Where it is started.</param>
    public static string Of(string executable, string workingDirectory)
    {
        // python3 is often a link, as in every virtual environment.
        FileInfo file = FileLinks.Content(new FileInfo(executable));
        if (!file.Exists)
        {
            return executable;
        }

        string identity = $"{executable}|{Stamp(file)}";
        return ChoosesAnother(file) ? identity + "|" + Choice(file, workingDirectory) : identity;
    }

    private static bool ChoosesAnother(FileInfo file)
    {
        if (!file.Name.StartsWith("py", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        using FileStream stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return stream.ReadByte() == '#' && stream.ReadByte() == '!';
    }

    /// <summary>All that such a program goes by.</summary>
    private static string Choice(FileInfo program, string workingDirectory)
    {
        var found = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (s_variables.Any(prefix => ((string)variable.Key).StartsWith(prefix, StringComparison.Ordinal)))
            {
                found.Add($"{variable.Key}={variable.Value}");
            }
        }

        found.Sort(StringComparer.Ordinal);

        // pyenv keeps the version for everywhere beside its folder of scripts.
        var files = new List<string> { Path.Combine(program.DirectoryName!, "..", "version") };
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        files.Add(Path.Combine(home, ".tool-versions"));
        files.Add(Path.Combine(home, ".config", "mise", "config.toml"));
        for (string? folder = workingDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            files.AddRange(s_files.Select(name => Path.Combine(folder, name)));
        }

        found.AddRange(files.Select(path => new FileInfo(path)).Where(file => file.Exists).Select(Stamp));
        return string.Join("|", found);
    }

    private static string Stamp(FileInfo file) => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}";
}
