using System.Xml;
using System.Xml.Linq;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>Finds where a project file says something, for problems with it. What it imports from elsewhere has no place here.</summary>
internal static class ProjectPlaces
{
    /// <summary>The line and column of an item or a property, from 1; zeros where the file does not tell.</summary>
    /// <param name="projectFile">An MSBuild file.</param>
    /// <param name="element">The item's or property's name.</param>
    /// <param name="value">What one of its attributes or metadata has, alone or in a list, or a path that one names; empty for the last element of the name.</param>
    public static (int Line, int Column) Find(string projectFile, string element, string value)
    {
        XElement? found = null;
        try
        {
            foreach (XElement candidate in XDocument.Load(projectFile, LoadOptions.SetLineInfo).Descendants().Where(candidate => candidate.Name.LocalName == element))
            {
                if (value.Length == 0)
                {
                    found = candidate; // Of properties the last one holds.
                }
                else if (Texts(candidate).Any(text => text == value || IsPath(projectFile, text, value)))
                {
                    found = candidate;
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            // The engine has read it; the problem itself is worth more than its place.
        }

        // The reader's position is that of the name, behind the bracket.
        return found is IXmlLineInfo place && place.HasLineInfo() ? (place.LineNumber, place.LinePosition - 1) : (0, 0);
    }

    private static IEnumerable<string> Texts(XElement element) => element.Attributes().Select(attribute => attribute.Value)
        .Concat(element.Elements().Select(metadata => metadata.Value))
        .Append(element.HasElements ? "" : element.Value)
        .SelectMany(text => text.Split(';').Select(part => part.Trim()).Append(text));

    private static bool IsPath(string projectFile, string text, string value) =>
        Path.IsPathRooted(value)
        && text.Length > 0
        && text.IndexOfAny(Path.GetInvalidPathChars()) < 0
        && string.Equals(FilePaths.Normalize(Path.GetDirectoryName(projectFile)!, text.Replace('\\', '/')), value, FilePaths.Comparison);
}
