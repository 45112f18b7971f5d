using PyEmbed.Manifest;

namespace PyEmbed.Tasks.References;

/// <summary>Finds what two distributions both hold, of which an interpreter could import only one.</summary>
internal static class PackageConflicts
{
    private const int NamedInMessage = 3;

    /// <summary>One finding for each two distributions of different assemblies that hold a regular package or a module of the same name. Two copies of one tree are none.</summary>
    /// <param name="trees">The trees in mount order.</param>
    /// <param name="projectFile">Where the findings are reported.</param>
    public static IEnumerable<ManifestDiagnostic> Find(IReadOnlyList<TreeNames> trees, string projectFile)
    {
        var distinct = new List<TreeNames>();
        var firstOwners = new Dictionary<string, int>(StringComparer.Ordinal);
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        foreach (TreeNames tree in trees.Where(tree => hashes.Add(tree.Hash)))
        {
            // By the tree that has a name already: one finding for each of them.
            var shared = new SortedDictionary<int, List<string>>();
            foreach (string name in tree.Names)
            {
                if (!firstOwners.TryGetValue(name, out int first))
                {
                    firstOwners.Add(name, distinct.Count);
                }
                else if (distinct[first].Owner == tree.Owner)
                {
                    // Found, with the file, by the build of that assembly.
                }
                else if (shared.TryGetValue(first, out List<string>? names))
                {
                    names.Add(name);
                }
                else
                {
                    shared.Add(first, [name]);
                }
            }

            foreach (KeyValuePair<int, List<string>> pair in shared)
            {
                pair.Value.Sort(StringComparer.Ordinal);
                yield return new ManifestDiagnostic(
                    ProblemIds.PackageInTwoDistributions, ManifestSeverity.Error, projectFile, 0, 0, 0, 0, Message(distinct[pair.Key], tree, pair.Value));
            }

            distinct.Add(tree);
        }
    }

    private static string Message(TreeNames first, TreeNames second, List<string> names)
    {
        string listed = string.Join(", ", names.Take(NamedInMessage).Select(name => $"'{name}'"));
        string more = names.Count > NamedInMessage ? $" and {names.Count - NamedInMessage} more" : "";
        return $"The distributions '{first.Distribution}' (in {first.Owner}) and '{second.Distribution}' (in {second.Owner}) both hold {listed}{more}; "
            + "only one of them could be imported. Leave it out of one distribution, or embed it in one library that both use.";
    }
}
