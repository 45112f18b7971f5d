using System.Globalization;
using System.Text.RegularExpressions;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>What the metadata that is embedded with a tree says it needs (core metadata, PEP 566 and later).</summary>
/// <param name="MinimumPython">The oldest CPython, <c>major.minor</c>.</param>
/// <param name="Requirements">PEP 508 requirements outside of extras, sorted.</param>
internal sealed record DistributionMetadata(string MinimumPython, IReadOnlyList<string> Requirements)
{
    private const int OldestMinor = 9;

    private static readonly Regex s_lowerBound = new(@"(?:>=|~=|==|>)\s*3\.(\d+)", RegexOptions.CultureInvariant);
    private static readonly Regex s_extra = new(@";.*\bextra\s*==", RegexOptions.CultureInvariant);

    /// <summary>Reads every <c>*.dist-info/METADATA</c> at the root of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="readLines">Gives a file's lines.</param>
    public static DistributionMetadata Read(PythonTree tree, Func<TreeFile, IEnumerable<string>> readLines)
    {
        int minor = OldestMinor;
        var requirements = new SortedSet<string>(StringComparer.Ordinal);
        foreach (TreeFile file in tree.Files.Where(IsMetadata))
        {
            // The headers end at the first empty line; the description follows.
            foreach (string line in readLines(file).TakeWhile(line => line.Length > 0))
            {
                if (Value(line, "Requires-Python:") is string versions)
                {
                    foreach (Match bound in s_lowerBound.Matches(versions))
                    {
                        minor = Math.Max(minor, int.TryParse(bound.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 0);
                    }
                }
                else if (Value(line, "Requires-Dist:") is string requirement && !s_extra.IsMatch(requirement))
                {
                    requirements.Add(requirement);
                }
            }
        }

        return new DistributionMetadata("3." + minor.ToString(CultureInfo.InvariantCulture), requirements.ToList());
    }

    private static bool IsMetadata(TreeFile file) =>
        file.Path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) && file.Folder.IndexOf('/') < 0;

    private static string? Value(string line, string header) =>
        line.StartsWith(header, StringComparison.OrdinalIgnoreCase) ? line.Substring(header.Length).Trim() : null;
}
