using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Trees;

/// <summary>Which files rules are about.</summary>
[TestClass]
public sealed class ModuleSelectionTests
{
    private static readonly string[] s_paths =
    [
        "a/__init__.py", "a/__main__.py", "a/m.py", "a/m.pyi", "a/py.typed", "a/_c.cpython-311-x86_64-linux-gnu.so",
        "a/data/deep/x.csv", "a/my-data/x.csv", "a/my-data/sub/code.py",
        "a/sub/__init__.py", "a/sub/n.py", "a/sub/x.txt",
        "ns/py.typed", "ns/part/__init__.py",
        "__main__.py", "top.py", "README.txt", "x.pth",
        "assets/logo.svg",
        "a-1.0.dist-info/METADATA", "a-1.0.dist-info/licenses/a.py", "a.egg-info/PKG-INFO", "a.libs/libx.so",
    ];

    private static readonly string[] s_inNoPackage =
        ["README.txt", "x.pth", "a-1.0.dist-info/METADATA", "a-1.0.dist-info/licenses/a.py", "a.egg-info/PKG-INFO", "a.libs/libx.so"];

    [TestMethod]
    [DataRow("exclude a", "a/__init__.py a/m.pyi a/py.typed a/data/deep/x.csv a/my-data/x.csv a/my-data/sub/code.py")]
    [DataRow("exclude a.m", "a/m.py")]
    [DataRow("exclude a._c", "a/_c.cpython-311-x86_64-linux-gnu.so")]
    [DataRow("exclude a.__main__; exclude __main__", "a/__main__.py __main__.py")]
    [DataRow("recursive-exclude a.sub", "a/sub/__init__.py a/sub/n.py a/sub/x.txt")]
    [DataRow("recursive-exclude a; recursive-include a.sub", "a/__init__.py a/__main__.py a/m.py a/m.pyi a/py.typed a/_c.cpython-311-x86_64-linux-gnu.so a/data/deep/x.csv a/my-data/x.csv a/my-data/sub/code.py")]
    [DataRow("exclude a.data", "a/data/deep/x.csv")]
    [DataRow("exclude a.data.deep", "a/data/deep/x.csv")]
    [DataRow("recursive-exclude a.data; include a", "")]
    [DataRow("exclude ns", "ns/py.typed")]
    [DataRow("recursive-exclude ns", "ns/py.typed ns/part/__init__.py")]
    [DataRow("exclude assets", "assets/logo.svg")]
    [DataRow("exclude top", "top.py")]
    public void A_rule_takes_out_what_it_names(string rules, string leftOut) =>
        CollectionAssert.AreEquivalent(leftOut.Split(' ', StringSplitOptions.RemoveEmptyEntries), Select(rules).LeftOut(s_paths).ToArray());

    [TestMethod]
    public void What_is_in_no_package_no_rule_touches() =>
        CollectionAssert.AreEquivalent(s_paths.Except(s_inNoPackage).ToArray(), Select("exclude-all").LeftOut(s_paths).ToArray());

    [TestMethod]
    public void The_modules_left_out_are_known_with_their_rules()
    {
        ModuleSelection selection = Select("recursive-exclude a; include a.m; exclude a.sub; exclude top");
        selection.LeftOut(s_paths);

        CollectionAssert.AreEquivalent(
            new[] { "a: recursive-exclude a", "a.__main__: recursive-exclude a", "a._c: recursive-exclude a", "a.sub: exclude a.sub", "a.sub.n: recursive-exclude a", "top: exclude top" },
            selection.Excluded.Select(pair => $"{pair.Key}: {pair.Value}").ToArray());
    }

    [TestMethod]
    [DataRow("exclude a.m", true)]
    [DataRow("include a.data.deep", true)]
    [DataRow("exclude a.data", true)]
    [DataRow("recursive-exclude a.data", true)]
    [DataRow("recursive-exclude ns.part", true)]
    [DataRow("exclude ns", true)]
    [DataRow("exclude-all", true)]
    [DataRow("exclude a.my", false)]
    [DataRow("recursive-include aa", false)]
    [DataRow("exclude METADATA", false)]
    public void It_is_known_what_a_rule_matches(string text, bool matches)
    {
        ModuleSelection selection = Select(text);
        selection.LeftOut(s_paths);

        Assert.AreEqual(matches, selection.Matches(Rules(text)[0]));
    }

    [TestMethod]
    public void Modules_are_decided_about_as_if_one_by_one()
    {
        var random = new Random(20260101);
        string[] parts = ["a", "b", "aa", "x-y"];
        string Name(string separator, int most) => string.Join(separator, Enumerable.Range(0, random.Next(1, most)).Select(_ => parts[random.Next(parts.Length)]));
        for (int i = 0; i < 500; i++)
        {
            string[] paths = [.. Enumerable.Range(0, 30).Select(_ => Name("/", 5) + (random.Next(3) == 0 ? "/__init__.py" : ".py")).Distinct()];
            ModuleRule[] rules = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => (Action: (ModuleRuleAction)random.Next(6), Module: Name(".", 4)))
                .Where(rule => !rule.Module.Contains('-', StringComparison.Ordinal))
                .Select(rule => new ModuleRule(rule.Action, rule.Action >= ModuleRuleAction.ExcludeAll ? ModuleRule.Root : rule.Module))];
            string[] expected = [.. paths.Where(path => ModuleName.FromPath(path, out _) is string module && new ModuleRules(rules).Deciding(module) is { Includes: false })];

            HashSet<string> leftOut = new ModuleSelection(new ModuleRules(rules)).LeftOut(paths);

            CollectionAssert.AreEquivalent(
                expected,
                leftOut.Where(path => ModuleName.FromPath(path, out _) is not null).ToArray(),
                $"{string.Join("; ", rules.Select(rule => rule.ToString()))} on {string.Join(' ', paths)}");
        }
    }

    private static ModuleSelection Select(string rules) => new(new ModuleRules(Rules(rules)));

    private static ModuleRule[] Rules(string texts) => texts.Split("; ")
        .Select(text => text.Split(' '))
        .Select(words => ModuleRule.Parse(words[0], words.Length > 1 ? words[1] : ModuleRule.Root, out string problem) ?? throw new AssertFailedException(problem))
        .ToArray();
}
