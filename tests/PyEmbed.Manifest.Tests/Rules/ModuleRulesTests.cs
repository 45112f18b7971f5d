using System.Text.Json;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Manifest.Tests.Rules;

/// <summary>The table of cases that every reader of rules is tested with: tests/module-rules.json.</summary>
[TestClass]
public sealed class ModuleRulesTests
{
    private static readonly JsonElement s_table = Load();

    public static IEnumerable<object[]> Cases => s_table.GetProperty("cases").EnumerateArray().Select(entry => new object[] { entry.GetProperty("name").GetString()! });

    public static IEnumerable<object[]> OfBundles => s_table.GetProperty("bundle_rules").EnumerateArray().Select(entry => new object[] { entry.GetString()! });

    public static IEnumerable<object[]> Bad => s_table.GetProperty("bad").EnumerateArray().Select(entry => new object[] { entry.GetString()! });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void The_table_holds(string name)
    {
        JsonElement entry = s_table.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        var rules = new ModuleRules(Strings(entry, "rules").Select(text => Parse(text, out string problem) ?? throw new AssertFailedException(problem)));

        Assert.AreEqual(Strings(entry, "rules").Length == 0, rules.IsEmpty);
        foreach (string module in Strings(entry, "included"))
        {
            Assert.AreNotEqual(false, rules.Deciding(module)?.Includes, $"{module} is included");
        }

        foreach (string module in Strings(entry, "excluded"))
        {
            Assert.AreEqual(false, rules.Deciding(module)?.Includes, $"{module} is excluded");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Bad))]
    public void What_is_no_rule_is_refused_with_the_reason(string text)
    {
        Assert.IsNull(Parse(text, out string problem));
        StringAssert.StartsWith(problem, "has ");
    }

    [TestMethod]
    [DynamicData(nameof(OfBundles))]
    public void What_only_bundles_have_is_refused_with_what_to_write(string text)
    {
        Assert.IsNull(Parse(text, out string problem));
        StringAssert.Contains(problem, "for rules of bundles");
        StringAssert.Contains(problem, "; write ");
    }

    [TestMethod]
    [DataRow("drop", "a", "recursive-exclude, recursive-include, exclude, include, exclude-all, include-all")]
    [DataRow("", "a", "has no Action")]
    [DataRow("exclude-all", "a.b", "Include=\".\"")]
    [DataRow("recursive-exclude", ".", "name it")]
    [DataRow("exclude", "a-b", "package.module")]
    [DataRow("Exclude-Dependencies", "a", "recursive-exclude for each module")]
    [DataRow("exclude", "a.b:f", "Include=\"a.b\"")]
    public void The_reason_says_what_to_write(string action, string module, string part)
    {
        ModuleRule.Parse(action, module, out string problem);

        StringAssert.Contains(problem, part);
    }

    [TestMethod]
    public void Actions_are_read_in_any_case_and_written_in_lower_case()
    {
        Assert.AreEqual("recursive-exclude a.B", Parse("Recursive-Exclude a.B", out _)!.ToString());
        Assert.AreEqual("include-all", Parse("INCLUDE-ALL", out _)!.ToString());
    }

    [TestMethod]
    public void Rules_that_a_later_one_voids_are_not_in_force()
    {
        var rules = new ModuleRules(new[] { "exclude a", "exclude-all", "include b", "include-all", "exclude c" }.Select(text => Parse(text, out _)!));

        CollectionAssert.AreEqual(new[] { "include-all", "exclude c" }, rules.InForce.Select(rule => rule.ToString()).ToArray());
    }

    [TestMethod]
    [DataRow("exclude a", "a.data.deep", "a", "exclude a")]
    [DataRow("exclude a.data", "a.data.deep", "a", "exclude a.data")]
    [DataRow("exclude a", "a.b.data", "a.b", null)]
    [DataRow("recursive-exclude a; include a.b", "a.b.data", "a.b", "include a.b")]
    [DataRow("exclude a.data; include a", "a.data", "a", "include a")]
    [DataRow("exclude a.data.deep", "a.data", "a", null)]
    public void A_folder_without_modules_belongs_to_its_package_and_can_be_named_itself(string texts, string folder, string package, string? deciding)
    {
        var rules = new ModuleRules(texts.Split("; ").Select(text => Parse(text, out _)!));

        Assert.AreEqual(deciding, rules.Deciding(folder, package)?.ToString());
    }

    // As the table writes them: an action, and a name unless the action is about all.
    private static ModuleRule? Parse(string text, out string problem)
    {
        string[] words = text.Split(' ');
        return ModuleRule.Parse(words[0], words.Length > 1 ? words[1] : ModuleRule.Root, out problem);
    }

    private static string[] Strings(JsonElement entry, string name) => entry.GetProperty(name).EnumerateArray().Select(value => value.GetString()!).ToArray();

    private static JsonElement Load()
    {
        using Stream stream = typeof(ModuleRulesTests).Assembly.GetManifestResourceStream("module-rules.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
