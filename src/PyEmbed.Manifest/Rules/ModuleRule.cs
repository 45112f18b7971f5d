namespace PyEmbed.Manifest.Rules;

/// <summary>
/// One rule of which modules belong to a tree. Rules of bundles are read in Python, <c>pyembed/_bundle_rules.py</c>; they can do
/// more, because a bundle knows what uses what.
/// </summary>
/// <param name="Action">What it does.</param>
/// <param name="Module">The dotted name of the module that it is about; <see cref="Root"/> for the actions that are about all.</param>
internal sealed record ModuleRule(ModuleRuleAction Action, string Module)
{
    /// <summary>What stands in the place of a module's name in a rule about all modules: the root of all names.</summary>
    public const string Root = ".";

    private const string OfBundles = "exclude-dependencies";
    private const char ObjectMark = ':';

    private static readonly Dictionary<string, ModuleRuleAction> s_actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["recursive-exclude"] = ModuleRuleAction.RecursiveExclude,
        ["recursive-include"] = ModuleRuleAction.RecursiveInclude,
        ["exclude"] = ModuleRuleAction.Exclude,
        ["include"] = ModuleRuleAction.Include,
        ["exclude-all"] = ModuleRuleAction.ExcludeAll,
        ["include-all"] = ModuleRuleAction.IncludeAll,
    };

    /// <summary>Whether a module that the rule matches belongs to the tree.</summary>
    public bool Includes => Action is ModuleRuleAction.Include or ModuleRuleAction.RecursiveInclude or ModuleRuleAction.IncludeAll;

    /// <summary>Whether the rule matches everything below its module too.</summary>
    public bool IsRecursive => Action is ModuleRuleAction.RecursiveExclude or ModuleRuleAction.RecursiveInclude;

    /// <summary>Whether the rule is about all modules and voids the rules before it.</summary>
    public bool IsForAll => Action is ModuleRuleAction.ExcludeAll or ModuleRuleAction.IncludeAll;

    /// <summary>The rule that an action's word, in any case, and a module's name make.</summary>
    /// <param name="action">The word, such as <c>recursive-exclude</c>.</param>
    /// <param name="module">The name; <see cref="Root"/> where the action is about all modules.</param>
    /// <param name="problem">Why they make none; empty where they do.</param>
    /// <returns>The rule, or null.</returns>
    public static ModuleRule? Parse(string action, string module, out string problem)
    {
        if (OfBundles.Equals(action, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"has the Action '{action}', which is for rules of bundles: a build has trees whole, whatever uses them; write exclude or recursive-exclude for each module";
            return null;
        }

        if (!s_actions.TryGetValue(action, out ModuleRuleAction parsed))
        {
            problem = (action.Length == 0 ? "has no Action" : $"has the Action '{action}'") + $"; there are {string.Join(", ", s_actions.Keys)}";
            return null;
        }

        var rule = new ModuleRule(parsed, module);
        int mark = module.IndexOf(ObjectMark);
        problem = rule.IsForAll
            ? module == Root ? "" : $"has the Action '{action}', which is about all modules and not about one; write Include=\"{Root}\""
            : module == Root ? $"has the Action '{action}', which is about one module; name it, such as 'package.module'"
            : ModuleName.IsDotted(module) ? ""
            : mark >= 0 ? $"names an object, which is for rules of bundles: a build takes or leaves modules; write Include=\"{module.Substring(0, mark)}\""
            : $"has no module's name; one is of the form 'package.module'";
        return problem.Length == 0 ? rule : null;
    }

    /// <summary>The rule as it is written: action and name.</summary>
    public override string ToString()
    {
        string word = s_actions.First(pair => pair.Value == Action).Key;
        return IsForAll ? word : $"{word} {Module}";
    }
}
