namespace PyEmbed.Tool.Running;

/// <summary>A root of the extraction directory, as <c>pyembed._cache</c> describes it.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Kind"><c>files</c>, <c>bytecode</c> or <c>archive</c>.</param>
/// <param name="Distribution">The tree's name.</param>
/// <param name="Hash">The first 20 digits of the tree's hash, or of the archive's.</param>
/// <param name="Tag">Of bytecode, the cache tag, such as <c>cpython-312</c>; else empty.</param>
/// <param name="Origins">Of the trees that it was made of.</param>
/// <param name="Files">How many files were made.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="LastUse">When the last use began, to the hour.</param>
/// <param name="InUse">Whether a process uses it; null where that cannot be told.</param>
internal sealed record CacheRoot(
    string Path, string Kind, string Distribution, string Hash, string Tag, string[] Origins, int Files, long Bytes, DateTimeOffset LastUse, bool? InUse)
{
    /// <summary>Reads a list of dicts.</summary>
    public static List<CacheRoot> ReadAll(PythonObject list)
    {
        List<CacheRoot> roots = [];
        foreach (PythonObject item in list)
        {
            using (item)
            {
                roots.Add(new CacheRoot(
                    Member<string>(item, "path"), Member<string>(item, "kind"), Member<string>(item, "distribution"), Member<string>(item, "hash"), Member<string>(item, "tag"),
                    Member<string[]>(item, "origins"), Member<int>(item, "files"), Member<long>(item, "bytes"),
                    DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(Member<double>(item, "used"))), Member<bool?>(item, "in_use")));
            }
        }

        return roots;
    }

    private static T Member<T>(PythonObject dict, string key)
    {
        using PythonObject value = dict[key];
        return value.As<T>();
    }
}
