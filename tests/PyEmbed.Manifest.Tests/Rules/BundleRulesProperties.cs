using FsCheck;
using FsCheck.Fluent;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Manifest.Tests.Rules;

/// <summary>
/// The reader of a bundle's rules against a reading of their text that looks at one rule after the other, from the last to the first,
/// and against the build's reader where both have the rule.
/// </summary>
[TestClass]
public sealed class BundleRulesProperties
{
    private const string Dependencies = "exclude-dependencies";

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1000);

    // Few names, so that rules overlap; some begin like others.
    private static readonly Gen<string> s_module = Gen.Choose(1, 3).SelectMany(
        depth => Gen.ArrayOf(Gen.Elements("a", "b", "aa", "__main__"), depth)).Select(parts => string.Join(".", parts));

    private static readonly Gen<string> s_object = Gen.Elements("f", "ff", "a", "C");

    private static readonly Gen<string> s_node = Gen.Frequency((1, s_module), (1, s_module.SelectMany(module => s_object.Select(name => $"{module}:{name}"))));

    private static readonly Gen<string> s_rule = Gen.Frequency(
        (4, Gen.Elements("exclude", "include", Dependencies).SelectMany(action => s_node.Select(node => $"{action} {node}"))),
        (3, Gen.Elements("recursive-exclude", "recursive-include").SelectMany(action => s_module.Select(module => $"{action} {module}"))),
        (1, Gen.Elements("exclude-all", "include-all")));

    // Words of rules, and words that are none.
    private static readonly Gen<string> s_text = Gen.ArrayOf(Gen.Frequency(
        (3, Gen.Elements("exclude", "include", "Recursive-Exclude", "recursive-include", "EXCLUDE-ALL", "include-all", Dependencies)),
        (3, s_node),
        (2, Gen.Elements(".", "a..b", ".a", "a.", "a-b", "2a", "größe", "a/b.py", "a.*", ":", "a:", ":f", "a:f.g", "a:f:g", "exclude-", "drop")))).Select(words => string.Join(" ", words.Take(3)));

    private static readonly PythonRules s_python = new();

    [ClassCleanup]
    public static void End() => s_python.Dispose();

    [TestMethod]
    public void Rules_decide_as_their_text_says() =>
        Check(
            from rules in Gen.ArrayOf(from rule in s_rule from leads in Gen.ArrayOf(s_node, 3) select (rule, leads))
            from nodes in Gen.ArrayOf(s_node, 8)
            select (rules, nodes),
            given =>
            {
                string[] rules = given.rules.Select(pair => pair.rule).ToArray();
                Dictionary<string, string[]> leads = given.rules.GroupBy(pair => pair.rule).ToDictionary(group => group.Key, group => group.SelectMany(pair => pair.leads).ToArray());
                (string? problem, (bool, string?)[] answers) = s_python.Ask(rules, leads, given.nodes);
                return problem is null && answers.SequenceEqual(given.nodes.Select(node => Naive(rules, leads, node)));
            });

    [TestMethod]
    public void A_module_s_rules_decide_as_in_a_build() =>
        Check(
            from rules in Gen.ArrayOf(s_rule) from modules in Gen.ArrayOf(s_module, 8) select (rules, modules),
            given =>
            {
                string[] texts = given.rules.Where(text => Parse(text, out _) is not null).ToArray();
                var rules = new ModuleRules(texts.Select(text => Parse(text, out _)!));
                (_, (bool, string?)[] answers) = s_python.Ask(texts, new Dictionary<string, string[]>(), given.modules);
                return answers.SequenceEqual(given.modules.Select(module => rules.Deciding(module) is { } rule ? (rule.Includes, rule.ToString()) : (true, null)));
            });

    [TestMethod]
    public void What_is_no_rule_in_a_build_is_none_in_a_bundle_unless_it_is_of_bundles() =>
        Check(s_text, text =>
        {
            (string? problem, _) = s_python.Ask([text], new Dictionary<string, string[]> { [text.ToLowerInvariant()] = [] });
            bool isRule = Parse(text, out string ofBuild) is not null;
            return problem is null ? isRule || ofBuild.Contains("for rules of bundles", StringComparison.Ordinal) : !isRule && problem.StartsWith("rule 1, ", StringComparison.Ordinal);
        });

    private static void Check<T>(Gen<T> given, Func<T, bool> property) => Prop.ForAll(given.ToArbitrary(), property).Check(s_config);

    // An action, and a name unless the action is about all; what is more has no place in an item of a build.
    private static ModuleRule? Parse(string text, out string problem)
    {
        string[] words = text.Split(' ');
        problem = "has too many words";
        return words.Length > 2 || (words.Length == 2 && words[1] == ModuleRule.Root) ? null : ModuleRule.Parse(words[0], words.Length > 1 ? words[1] : ModuleRule.Root, out problem);
    }

    private static (bool Included, string? Rule) Naive(string[] rules, Dictionary<string, string[]> leads, string node)
    {
        for (int i = rules.Length - 1; i >= 0; i--)
        {
            if (Applies(rules[i], leads[rules[i]], node))
            {
                return (rules[i].Contains("include", StringComparison.Ordinal), rules[i]);
            }
        }

        return (true, null);
    }

    private static bool Applies(string rule, string[] leads, string node)
    {
        string[] words = rule.Split(' ');
        if (words.Length == 1)
        {
            return true;
        }

        string module = node.Split(':')[0];
        return words[0].StartsWith("recursive-", StringComparison.Ordinal)
            ? (module + ".").StartsWith(words[1] + ".", StringComparison.Ordinal)
            : words[1] == node || words[1] == module || (words[0] == Dependencies && leads.Contains(node));
    }
}
