using System.Reflection;

namespace PyEmbed.Tasks.Trees;

/// <summary>Follows symbolic links. A link's own size and time say nothing about the file it leads to.</summary>
internal static class FileLinks
{
    // netstandard2.0 cannot ask where a link leads; the runtime mostly can.
    private static readonly MethodInfo? s_resolve = typeof(FileSystemInfo).GetMethod("ResolveLinkTarget", [typeof(bool)]);

    public static bool IsLink(FileSystemInfo entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    /// <summary>What a link leads to in the end, or null where the entry is no link or this runtime cannot tell.</summary>
    /// <exception cref="IOException">The link leads round in a circle.</exception>
    public static FileSystemInfo? Target(FileSystemInfo entry)
    {
        if (!IsLink(entry))
        {
            return null;
        }

        try
        {
            return s_resolve?.Invoke(entry, [true]) as FileSystemInfo;
        }
        catch (TargetInvocationException e) when (e.InnerException is IOException inner)
        {
            throw new IOException(inner.Message, inner);
        }
    }

    /// <summary>The file whose content is read: the one that a link leads to, otherwise the file itself.</summary>
    /// <exception cref="IOException">The link leads round in a circle.</exception>
    public static FileInfo Content(FileInfo file) => Target(file) is FileInfo { Exists: true } target ? target : file;
}
