using FsCheck;
using FsCheck.Fluent;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Manifest.Tests.Rules;

/// <summary>
/// Rules against a reading of their text that looks at one rule after the other, from the last to the first: "the later rule in the
/// list will be in force", and before a rule about all "none of the rules has effect".
/// </summary>
[TestClass]
public sealed class ModuleRulesProperties
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(2000);

    // Few names, so that rules overlap; some begin like others.
    private static readonly Gen<string> s_module = Gen.Choose(1, 4).SelectMany(
        depth => Gen.ArrayOf(Gen.Elements("a", "b", "aa", "__main__"), depth)).Select(parts => string.Join(".", parts));

    private static readonly Gen<ModuleRule> s_rule =
        Gen.Frequency((7, OneOf(ModuleRuleAction.Exclude, ModuleRuleAction.Include, ModuleRuleAction.RecursiveExclude, ModuleRuleAction.RecursiveInclude)
                .SelectMany(action => s_module.Select(module => new ModuleRule(action, module)))),
            (1, OneOf(ModuleRuleAction.ExcludeAll, ModuleRuleAction.IncludeAll).Select(action => new ModuleRule(action, ModuleRule.Root))));

    private static readonly Gen<ModuleRule[]> s_rules = Gen.ArrayOf(s_rule);

    [TestMethod]
    public void Rules_decide_as_their_text_says() =>
        Check((before, after, rule, module) =>
        {
            ModuleRule[] rules = [.. before, rule, .. after];
            return new ModuleRules(rules).Deciding(module) == Naive(rules, module);
        });

    [TestMethod]
    public void A_rule_about_all_voids_what_precedes_it() =>
        Check((before, after, rule, module) =>
        {
            ModuleRule all = new(rule.Includes ? ModuleRuleAction.IncludeAll : ModuleRuleAction.ExcludeAll, ModuleRule.Root);
            return Includes([.. before, all, .. after], module) == Includes([all, .. after], module);
        });

    [TestMethod]
    public void The_last_rule_is_in_force_where_it_applies_and_changes_nothing_elsewhere() =>
        Check((before, after, rule, module) =>
        {
            ModuleRule[] rules = [.. before, .. after];
            return Includes([.. rules, rule], module) == (Applies(rule, module) ? rule.Includes : Includes(rules, module));
        });

    [TestMethod]
    public void A_recursive_rule_is_one_rule_for_each_module_that_it_applies_to() =>
        Check((before, after, rule, module) =>
        {
            ModuleRuleAction single = rule.Includes ? ModuleRuleAction.Include : ModuleRuleAction.Exclude;
            ModuleRule[] replacement = Applies(rule, module) ? [new(single, module)] : [];
            return rule.IsForAll || Includes([.. before, rule, .. after], module) == Includes([.. before, .. replacement, .. after], module);
        });

    [TestMethod]
    public void A_rule_that_is_written_is_read_as_the_same() =>
        Check((_, _, rule, _) =>
        {
            string[] words = rule.ToString().Split(' ');
            return ModuleRule.Parse(words[0], words.Length > 1 ? words[1] : ModuleRule.Root, out _) == rule;
        });

    private static Gen<ModuleRuleAction> OneOf(params ModuleRuleAction[] actions) => Gen.Elements(actions);

    private static void Check(Func<ModuleRule[], ModuleRule[], ModuleRule, string, bool> property) =>
        Prop.ForAll(
            (from before in s_rules from after in s_rules from rule in s_rule from module in s_module select (before, after, rule, module)).ToArbitrary(),
            given => property(given.before, given.after, given.rule, given.module)).Check(s_config);

    private static bool Includes(ModuleRule[] rules, string module) => new ModuleRules(rules).Deciding(module)?.Includes ?? true;

    private static ModuleRule? Naive(ModuleRule[] rules, string module)
    {
        for (int i = rules.Length - 1; i >= 0; i--)
        {
            if (Applies(rules[i], module))
            {
                return rules[i];
            }
        }

        return null;
    }

    private static bool Applies(ModuleRule rule, string module) => rule.Action switch
    {
        ModuleRuleAction.Exclude or ModuleRuleAction.Include => module == rule.Module,
        ModuleRuleAction.RecursiveExclude or ModuleRuleAction.RecursiveInclude => (module + ".").StartsWith(rule.Module + ".", StringComparison.Ordinal),
        _ => true,
    };
}
