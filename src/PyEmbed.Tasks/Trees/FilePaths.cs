namespace PyEmbed.Tasks.Trees;

/// <summary>Comparisons of paths as the machine's file systems make them.</summary>
internal static class FilePaths
{
    public static bool IsWindows { get; } = Path.DirectorySeparatorChar == '\\';

    public static StringComparison Comparison { get; } = IsWindows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    public static StringComparer Comparer { get; } = IsWindows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The absolute form, without a separator at its end.</summary>
    public static string Normalize(string folder, string path)
    {
        string full = Path.GetFullPath(Path.Combine(folder, path));
        string trimmed = full.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        return trimmed.Length == 0 || trimmed.EndsWith(":", StringComparison.Ordinal) ? full : trimmed;
    }

    /// <summary>The absolute form of a path that stands in a project's metadata, where a backslash separates folders on any system.</summary>
    public static string NormalizeMetadata(string folder, string path) => Normalize(folder, IsWindows ? path : path.Replace('\\', '/'));

    /// <summary>The part of <paramref name="path"/> below <paramref name="folder"/>, or null where it is not below it. Both are normalized.</summary>
    public static string? Below(string folder, string path)
    {
        int length = folder.Length;
        if (!path.StartsWith(folder, Comparison))
        {
            return null;
        }

        if (length > 0 && IsSeparator(folder[length - 1]))
        {
            return path.Length > length ? path.Substring(length) : null;
        }

        return path.Length > length + 1 && IsSeparator(path[length]) ? path.Substring(length + 1) : null;
    }

    private static bool IsSeparator(char c) => c == Path.DirectorySeparatorChar || c == Path.AltDirectorySeparatorChar;
}
