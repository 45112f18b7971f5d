using System.Xml;
using System.Xml.Linq;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>
/// Finds <c>PythonPackage</c> globs below folders that do not exist. MSBuild drops them without a word, so they are looked for in
/// the project file's text: those without conditions and without references to properties, items or metadata.
/// </summary>
internal static class MissingGlobs
{
    private static readonly char[] s_wildcards = ['*', '?'];
    private static readonly char[] s_separators = ['/', '\\'];
    private static readonly char[] s_expansions = ['$', '@', '%'];

    public static void Check(string projectFile, string projectDirectory, ProblemList problems)
    {
        foreach (XElement item in ItemsOf(projectFile))
        {
            string include = (string?)item.Attribute("Include") ?? "";
            foreach (string glob in include.Split(';').Select(part => part.Trim()).Where(part => part.IndexOfAny(s_expansions) < 0))
            {
                int wildcard = glob.IndexOfAny(s_wildcards);
                int separator = wildcard < 0 ? -1 : glob.LastIndexOfAny(s_separators, wildcard);
                string folder = separator < 0 ? "" : FilePaths.Normalize(projectDirectory, glob.Substring(0, separator + 1).Replace('\\', '/'));
                if (folder.Length > 0 && !Directory.Exists(folder))
                {
                    problems.Block(
                        ProblemIds.Missing, projectFile, $"The folder '{folder}' of the PythonPackage item '{glob}' does not exist; correct Include or create it.");
                }
            }
        }
    }

    private static IEnumerable<XElement> ItemsOf(string projectFile)
    {
        try
        {
            return XDocument.Load(projectFile).Root.Elements()
                .Where(group => group.Name.LocalName == "ItemGroup" && group.Attribute("Condition") is null)
                .Elements()
                .Where(item => item.Name.LocalName == "PythonPackage" && item.Attribute("Condition") is null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            // The engine has read it; whatever keeps this second reading from success is no fault of the items.
            return [];
        }
    }
}
