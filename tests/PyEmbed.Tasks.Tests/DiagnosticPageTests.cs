using System.Reflection;
using System.Text.RegularExpressions;

namespace PyEmbed.Tasks.Tests;

/// <summary>The table of docs/diagnostics.md, the ids in code, and the cases that provoke them are one and the same list.</summary>
[TestClass]
public sealed partial class DiagnosticPageTests
{
    private static readonly string[] s_ids = typeof(ProblemIds).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToArray();

    [TestMethod]
    public void The_page_has_a_row_and_an_anchor_for_each_id_in_order()
    {
        string[] rows = File.ReadLines(DiagnosticCase.HelpPage).Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => row.Groups["id"].Value).ToArray();
        CollectionAssert.AreEqual(s_ids.Order(StringComparer.Ordinal).ToArray(), rows);
        foreach (string line in File.ReadLines(DiagnosticCase.HelpPage).Where(line => line.StartsWith("| <a id=", StringComparison.Ordinal)))
        {
            Match row = Row().Match(line);
            Assert.IsTrue(row.Success, line);
            Assert.AreEqual(row.Groups["id"].Value.ToLowerInvariant(), row.Groups["anchor"].Value);
            Assert.AreNotEqual("", row.Groups["do"].Value.Trim(), $"{line} says what to do");
        }
    }

    [TestMethod]
    public void Each_id_has_a_case_that_provokes_it_and_a_name_of_its_own()
    {
        CollectionAssert.AreEquivalent(s_ids, DiagnosticCase.All.Select(one => one.Id).Distinct().ToArray());
        CollectionAssert.AllItemsAreUnique(s_ids);
    }

    [TestMethod]
    public void What_the_page_says_blocks_is_what_blocks()
    {
        Dictionary<string, string> severities = File.ReadLines(DiagnosticCase.HelpPage).Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups["id"].Value, row => row.Groups["severity"].Value);
        foreach (DiagnosticCase one in DiagnosticCase.All)
        {
            string severity = severities[one.Id];
            string expected = one.Blocks ? "*blocks*" : one.Severity switch { "error" => "error", "warning" => "warning", _ => "information" };
            StringAssert.Contains(severity, expected, one.Id);
        }
    }

    [GeneratedRegex(@"^\| <a id=""(?<anchor>\w+)""></a>(?<id>PYE\d+) \| (?<severity>[^|]+) \| [^|]+ \| (?<do>[^|]+) \|$")]
    private static partial Regex Row();
}
