using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>Where bytecode lies in an archive: where CPython itself looks for it (PEP 3147).</summary>
internal static class BytecodePath
{
    public static string Of(TreeFile source, string cacheTag)
    {
        string stem = source.Name.Substring(0, source.Name.Length - ".py".Length);
        string folder = source.Folder.Length == 0 ? "" : source.Folder + "/";
        return $"{folder}__pycache__/{stem}.{cacheTag}.pyc";
    }
}
