using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>Finds the interpreters that a build may use, without starting any.</summary>
/// <param name="searchPath">The value of PATH.</param>
/// <param name="projectDirectory">The base of a relative path.</param>
internal sealed class InterpreterLocator(string searchPath, string projectDirectory)
{
    private static readonly char[] s_separators = ['/', '\\'];

    /// <summary>The folder of pyenv; null where there is none.</summary>
    public string? PyenvRoot { get; init; }

    /// <summary>The interpreters that a list separated by <c>;</c> names, the first before the others; for an empty list the default.</summary>
    public IReadOnlyList<InterpreterCandidate> FindAll(string wanted)
    {
        var named = wanted.Split(';').Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return named.Count == 0 ? [Find("")] : named.Select(Find).ToList();
    }

    /// <summary>
    /// What may be a CPython of a minor: each <c>python3.11</c> on PATH, for a script there may refuse to start one, and then the versions
    /// that pyenv keeps. Whether it is one, only starting it tells.
    /// </summary>
    public IReadOnlyList<string> FindMinor(PythonMinor minor)
    {
        string name = "python" + minor;
        IEnumerable<string> kept = [];
        if (PyenvRoot is string root && Path.Combine(root, "versions") is string versions && Directory.Exists(versions))
        {
            string program = FilePaths.IsWindows ? "python.exe" : Path.Combine("bin", name);
            kept = Directory.EnumerateDirectories(versions, minor + ".*").OrderBy(folder => folder, StringComparer.Ordinal)
                .Select(folder => Path.Combine(folder, program)).Where(File.Exists);
        }

        return EachOnPath(name).Concat(kept).Distinct(FilePaths.Comparer).ToList();
    }

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

        if (PythonMinor.TryParse(wanted, out PythonMinor minor))
        {
            IReadOnlyList<string> found = FindMinor(minor);
            return new InterpreterCandidate(found.Count > 0 ? found[0] : null, Required: true, "python" + wanted) { Others = found.Skip(1).ToArray() };
        }

        string path = FilePaths.Normalize(projectDirectory, wanted);
        bool isName = wanted.IndexOfAny(s_separators) < 0 && !File.Exists(path);
        return new InterpreterCandidate(isName ? OnPath(wanted) : File.Exists(path) ? path : null, Required: true, wanted);
    }

    private string? OnPath(string name) => EachOnPath(name).FirstOrDefault();

    private IEnumerable<string> EachOnPath(string name)
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
                    yield return path;
                }
            }
        }
    }
}
