using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>Reads the <c>PythonModuleRule</c> items, and finds those that are none or match nothing.</summary>
internal static class RuleChecks
{
    private const string Element = "PythonModuleRule";

    private static readonly char[] s_wildcards = ['*', '?'];

    /// <summary>The rules; an item that is none is a blocking problem.</summary>
    public static IReadOnlyList<ModuleRule> Read(IEnumerable<RuleItem> items, ProblemList problems)
    {
        var rules = new List<ModuleRule>();
        foreach (RuleItem item in items)
        {
            if (ModuleRule.Parse(item.Action, item.Module, out string problem) is ModuleRule rule)
            {
                rules.Add(rule);
            }
            else
            {
                problems.BlockIn(ProblemIds.ModuleRule, item.DefinedIn, Element, item.Module, $"The PythonModuleRule '{item.Module}' {problem}.");
            }
        }

        return rules;
    }

    /// <summary>Records the rules that match nothing, unless a later one voids them.</summary>
    public static void CheckMatches(IReadOnlyList<RuleItem> items, IReadOnlyList<ModuleRule> rules, ModuleSelection selection, ProblemList problems)
    {
        int first = rules.Count - new ModuleRules(rules).InForce.Count();
        for (int i = first; i < rules.Count; i++)
        {
            if (!selection.Matches(rules[i]))
            {
                string reason = selection.HasBelow(rules[i])
                    ? $"'{rules[i].Module}' has no file of its own, only modules below it; to match those, use recursive-{(rules[i].Includes ? "include" : "exclude")}."
                    : "This project's trees have no such module; those of its references are chosen by their own projects. Correct or remove it.";
                problems.RecordIn(
                    ProblemIds.UnmatchedRule, ManifestSeverity.Warning, items[i].DefinedIn, Element, items[i].Module, $"The PythonModuleRule '{rules[i]}' matches nothing. {reason}");
            }
        }
    }

    /// <summary>Finds wildcards, which MSBuild takes for files and drops without a word where there are none such.</summary>
    public static void CheckWildcards(string projectFile, ProblemList problems)
    {
        foreach (string include in ProjectItems.Includes(projectFile, Element).Where(include => include.IndexOfAny(s_wildcards) >= 0))
        {
            problems.BlockIn(
                ProblemIds.ModuleRule,
                projectFile,
                Element,
                include,
                $"The PythonModuleRule '{include}' has a wildcard, which MSBuild takes for the names of files. For a package with all below it use the Action recursive-exclude or recursive-include, for all modules Include=\"{ModuleRule.Root}\" with exclude-all or include-all.");
        }
    }
}
