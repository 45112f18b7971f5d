using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>
/// Finds <c>PythonPackage</c> globs below folders that do not exist. MSBuild drops them without a word.
/// </summary>
internal static class MissingGlobs
{
    private static readonly char[] s_wildcards = ['*', '?'];
    private static readonly char[] s_separators = ['/', '\\'];

    public static void Check(string projectFile, string projectDirectory, ProblemList problems)
    {
        foreach (string glob in ProjectItems.Includes(projectFile, "PythonPackage"))
        {
            int wildcard = glob.IndexOfAny(s_wildcards);
            int separator = wildcard < 0 ? -1 : glob.LastIndexOfAny(s_separators, wildcard);
            string folder = separator < 0 ? "" : FilePaths.Normalize(projectDirectory, glob.Substring(0, separator + 1).Replace('\\', '/'));
            if (folder.Length > 0 && !Directory.Exists(folder))
            {
                problems.BlockIn(
                    ProblemIds.Missing, projectFile, "PythonPackage", glob, $"The folder '{folder}' of the PythonPackage item '{glob}' does not exist; correct Include or create it.");
            }
        }
    }
}
