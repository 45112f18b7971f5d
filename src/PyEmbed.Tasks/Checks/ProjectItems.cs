using System.Xml;
using System.Xml.Linq;

namespace PyEmbed.Tasks.Checks;

/// <summary>
/// Reads items from a project file's text, for what MSBuild drops when it expands them: those without conditions, as far as no
/// properties, items or metadata stand in them.
/// </summary>
internal static class ProjectItems
{
    private static readonly char[] s_expansions = ['$', '@', '%'];

    /// <summary>What the items of a type include, one by one.</summary>
    public static IEnumerable<string> Includes(string projectFile, string itemType) => ItemsOf(projectFile, itemType)
        .SelectMany(item => ((string?)item.Attribute("Include") ?? "").Split(';'))
        .Select(part => part.Trim())
        .Where(part => part.Length > 0 && part.IndexOfAny(s_expansions) < 0);

    private static IEnumerable<XElement> ItemsOf(string projectFile, string itemType)
    {
        try
        {
            return XDocument.Load(projectFile).Root.Elements()
                .Where(group => group.Name.LocalName == "ItemGroup" && group.Attribute("Condition") is null)
                .Elements()
                .Where(item => item.Name.LocalName == itemType && item.Attribute("Condition") is null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            // The engine has read it; whatever keeps this second reading from success is no fault of the items.
            return [];
        }
    }
}
