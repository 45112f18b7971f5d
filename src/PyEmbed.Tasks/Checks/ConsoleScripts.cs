using System.Text.RegularExpressions;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>
/// Reads the commands of embedded distributions from their <c>entry_points.txt</c> (PyPA's entry points specification), line by
/// line as CPython's <c>importlib.metadata</c> does.
/// </summary>
internal static class ConsoleScripts
{
    private const string FileName = "entry_points.txt";

    private static readonly char[] s_equalsSign = ['='];

    // The extras in brackets say what has to be installed with it; the function is the same.
    private static readonly Regex s_reference = new(@"^(?<module>[\w.]+)\s*:\s*(?<attribute>[\w.]+)\s*(\[.*\])?$", RegexOptions.CultureInvariant);

    /// <summary>All commands, those with a window of their own included, in the order of trees, files and lines.</summary>
    /// <param name="trees">The project's trees.</param>
    /// <param name="readLines">Gives a file's lines.</param>
    public static IEnumerable<ConsoleScript> Read(IEnumerable<PythonTree> trees, Func<TreeFile, IEnumerable<string>> readLines) =>
        trees.SelectMany(tree => tree.Files).Where(Declares).SelectMany(file => Read(file, readLines(file)));

    private static bool Declares(TreeFile file) =>
        file.Path.EndsWith("-info/" + FileName, StringComparison.Ordinal)
        && (file.Folder.EndsWith(".dist-info", StringComparison.Ordinal) || file.Folder.EndsWith(".egg-info", StringComparison.Ordinal))
        && file.Folder.IndexOf('/') < 0;

    private static IEnumerable<ConsoleScript> Read(TreeFile file, IEnumerable<string> lines)
    {
        string group = "";
        int number = 0;
        foreach (string text in lines)
        {
            number++;
            string line = text.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (line[0] == '[' && line[line.Length - 1] == ']')
            {
                group = line.Trim('[', ']').Trim();
            }
            else if (group is "console_scripts" or "gui_scripts")
            {
                string[] pair = line.Split(s_equalsSign, 2);
                Match match = s_reference.Match(pair.Length == 2 ? pair[1].Trim() : "");
                string module = match.Groups["module"].Value;
                string attribute = match.Groups["attribute"].Value;
                string name = pair[0].Trim();
                bool isWhole = name.Length > 0 && ModuleName.IsDotted(module) && ModuleName.IsDotted(attribute);
                yield return new ConsoleScript(isWhole ? name : line, isWhole ? $"{module}:{attribute}" : "", file, number);
            }
        }
    }
}
