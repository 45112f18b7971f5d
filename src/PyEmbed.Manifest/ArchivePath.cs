namespace PyEmbed.Manifest;

/// <summary>The rules for paths in an archive.</summary>
internal static class ArchivePath
{
    private const int MaximumLength = ushort.MaxValue;
    private static readonly char[] Forbidden = ['\\', '\0'];

    /// <summary>Says why <paramref name="path"/> cannot be an archive path, or null where it can.</summary>
    public static string? Problem(string path)
    {
        if (path.IndexOfAny(Forbidden) >= 0)
        {
            return "it contains a backslash or a NUL";
        }

        int start = 0;
        for (int i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] != '/')
            {
                continue;
            }

            int length = i - start;
            if (length == 0 || (path[start] == '.' && (length == 1 || (length == 2 && path[start + 1] == '.'))))
            {
                return "it is not relative or has an empty, '.' or '..' segment";
            }

            start = i + 1;
        }

        if (path == ArchiveFormat.IndexFolder || path.StartsWith(ArchiveFormat.IndexFolder + "/", StringComparison.Ordinal))
        {
            return $"the folder '{ArchiveFormat.IndexFolder}' belongs to the archive's index";
        }

        try
        {
            return ArchiveFormat.Utf8.GetByteCount(path) > MaximumLength ? $"it is longer than {MaximumLength} bytes" : null;
        }
        catch (ArgumentException)
        {
            return "it has no UTF-8 form";
        }
    }
}
