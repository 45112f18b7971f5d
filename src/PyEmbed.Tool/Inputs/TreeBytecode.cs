using System.Globalization;

namespace PyEmbed.Tool.Inputs;

/// <summary>Bytecode of a module.</summary>
/// <param name="File">The file.</param>
/// <param name="Tag">The cache tag of the CPython that it is for, such as <c>cpython-311</c>; empty for a file beside where its source would be.</param>
/// <param name="Optimize">The optimisation level, 0 to 2.</param>
internal sealed record TreeBytecode(TreeFile File, string Tag, int Optimize)
{
    private const string CPython = "cpython-";

    /// <summary>Takes a file's name in <c>__pycache__</c> apart (PEP 3147, PEP 488): <c>core.cpython-311.opt-1.pyc</c>.</summary>
    public static bool TryParse(string name, out string stem, out string tag, out int optimize)
    {
        stem = tag = "";
        optimize = 0;
        string[] parts = name.Split('.');
        if (parts.Length is < 3 or > 4 || parts[^1] != "pyc")
        {
            return false;
        }

        if (parts.Length == 4 && !(parts[2].StartsWith("opt-", StringComparison.Ordinal)
            && int.TryParse(parts[2].AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out optimize)))
        {
            return false;
        }

        (stem, tag) = (parts[0], parts[1]);
        return stem.Length > 0 && tag.Length > 0;
    }

    /// <summary>The version of CPython that a cache tag stands for, such as <c>3.11</c>; another implementation's tag as it is.</summary>
    public static string VersionOf(string tag) =>
        tag.StartsWith(CPython, StringComparison.Ordinal) && tag.Length > CPython.Length + 1 && tag.AsSpan(CPython.Length).IndexOfAnyExceptInRange('0', '9') < 0
            ? $"{tag[CPython.Length]}.{tag[(CPython.Length + 1)..]}"
            : tag;

    /// <summary>The versions that tags stand for, each once, in ascending order.</summary>
    public static List<string> VersionsOf(IEnumerable<string> tags) =>
        [.. tags.Distinct().OrderBy(tag => tag.Length).ThenBy(tag => tag, StringComparer.Ordinal).Select(VersionOf)];
}
