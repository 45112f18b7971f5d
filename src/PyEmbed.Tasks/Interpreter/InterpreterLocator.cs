using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>Finds the interpreter that a build uses.</summary>
/// <param name="searchPath">The value of PATH.</param>
/// <param name="projectDirectory">The base of a relative path.</param>
internal sealed class InterpreterLocator(string searchPath, string projectDirectory)
{
    private static readonly char[] s_separators = ['/', '\\'];

    /// <summary>
    /// For an empty value <c>python3</c> (on Windows <c>python</c>) on PATH, for a version such as <c>3.11</c> the command
    /// <c>python3.11</c> on PATH, for a bare name that command on PATH, otherwise the file at that path.
    /// </summary>
    public InterpreterCandidate Find(string wanted)
    {
        if (wanted.Length == 0)
        {
            string name = FilePaths.IsWindows ? "python" : "python3";
            return new InterpreterCandidate(OnPath(name), Required: false, name);
        }

        if (IsVersion(wanted))
        {
            return new InterpreterCandidate(OnPath("python" + wanted), Required: true, "python" + wanted);
        }

        string path = FilePaths.Normalize(projectDirectory, wanted);
        bool isName = wanted.IndexOfAny(s_separators) < 0 && !File.Exists(path);
        return new InterpreterCandidate(isName ? OnPath(wanted) : File.Exists(path) ? path : null, Required: true, wanted);
    }

    private static bool IsVersion(string text) =>
        text.Length > 2 && text.StartsWith("3.", StringComparison.Ordinal) && text.Skip(2).All(c => c is >= '0' and <= '9');

    private string? OnPath(string name)
    {
        string[] names = FilePaths.IsWindows ? [name + ".exe", name] : [name];
        foreach (string folder in searchPath.Split(Path.PathSeparator))
        {
            // A relative entry would make the build depend on the current directory.
            if (folder.Length == 0 || !Path.IsPathRooted(folder))
            {
                continue;
            }

            foreach (string candidate in names)
            {
                string path = Path.Combine(folder, candidate);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        return null;
    }
}
