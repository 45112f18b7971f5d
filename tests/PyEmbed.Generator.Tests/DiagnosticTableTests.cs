using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace PyEmbed.Generator.Tests;

/// <summary>The generator's descriptors, the page about them and the list of releases name the same diagnostics.</summary>
[TestClass]
public sealed partial class DiagnosticTableTests
{
    private static readonly string s_repository = typeof(DiagnosticTableTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [TestMethod]
    public void The_page_has_the_descriptors_ids_and_severities()
    {
        string[] rows = Rows("docs/diagnostics.md", PageRow(), row => $"{row.Groups["id"].Value} {DefaultOf(row.Groups["severity"].Value)}");
        CollectionAssert.AreEqual(Descriptors(descriptor => $"{descriptor.Id} {descriptor.DefaultSeverity}"), rows);
    }

    [TestMethod]
    public void The_list_of_releases_has_the_descriptors_ids_severities_and_titles()
    {
        string[] rows = Rows("src/PyEmbed.Generator/AnalyzerReleases.Unshipped.md", ReleaseRow(), row => row.Value);
        CollectionAssert.AreEqual(
            Descriptors(descriptor => $"{descriptor.Id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {descriptor.Title}"), rows);
    }

    // What blocks is an error; where it depends on the place, the descriptor has the first.
    private static string DefaultOf(string severity) => severity.StartsWith("warning", StringComparison.Ordinal) ? "Warning" : "Error";

    private static string[] Descriptors(Func<DiagnosticDescriptor, string> text) =>
        [.. DiagnosticTable.ById.Values.OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal).Select(text)];

    private static string[] Rows(string path, Regex row, Func<Match, string> text) =>
        [.. File.ReadLines(Path.Combine(s_repository, path)).Select(line => row.Match(line)).Where(match => match.Success).Select(text)];

    [GeneratedRegex(@"^\| <a id=""\w+""></a>(?<id>PYE\d+) \| (?<severity>[^|]+) \|")]
    private static partial Regex PageRow();

    [GeneratedRegex(@"^PYE\d+ \| .+$")]
    private static partial Regex ReleaseRow();
}
