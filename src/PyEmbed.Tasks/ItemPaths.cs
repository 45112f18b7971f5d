using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace PyEmbed.Tasks;

/// <summary>Files as items. An item's specification is unescaped when it is read.</summary>
internal static class ItemPaths
{
    public static ITaskItem ToItem(string path, Dictionary<string, string>? metadata = null) =>
        new TaskItem(path.Replace("%", "%25").Replace(";", "%3B"), metadata ?? new Dictionary<string, string>());
}
