using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

[TestClass]
public sealed class DiagnosticTests
{
    private static readonly CSharpCompilationOptions s_options = new(OutputKind.DynamicallyLinkedLibrary);

    private static readonly ManifestDiagnostic s_error = new("PYE1001", ManifestSeverity.Error, "/py/a.py", 3, 14, 4, 2, "invalid syntax {0}");

    [TestMethod]
    public void A_finding_is_reported_in_its_Python_file()
    {
        Diagnostic diagnostic = Report(s_error).Single();
        Assert.AreEqual("PYE1001", diagnostic.Id);
        Assert.AreEqual("invalid syntax {0}", diagnostic.GetMessage());
        Assert.AreEqual(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.AreEqual(LocationKind.ExternalFile, diagnostic.Location.Kind);
        Assert.AreEqual("/py/a.py: (2,13)-(3,1)", diagnostic.Location.GetLineSpan().ToString());
        Assert.AreEqual("file:///nuget%20packages/pyembed/docs/diagnostics.md#pye1001", diagnostic.Descriptor.HelpLinkUri);
    }

    [TestMethod]
    [DataRow(0, 0, 0, 0, "(0,0)-(0,0)")]
    [DataRow(7, 0, 0, 0, "(6,0)-(6,0)")]
    [DataRow(7, 3, 0, 0, "(6,2)-(6,2)")]
    [DataRow(7, 3, 6, 9, "(6,2)-(6,2)")]
    [DataRow(7, 3, 7, 4, "(6,2)-(6,3)")]
    public void Unknown_positions_become_the_nearest_known_one(int line, int column, int endLine, int endColumn, string span)
    {
        Diagnostic diagnostic = Report(s_error with { Line = line, Column = column, EndLine = endLine, EndColumn = endColumn }).Single();
        Assert.AreEqual("/py/a.py: " + span, diagnostic.Location.GetLineSpan().ToString());
    }

    [TestMethod]
    public void A_finding_about_no_file_has_no_location() =>
        Assert.AreEqual(Location.None, Report(new ManifestDiagnostic("PYE1012", ManifestSeverity.Warning, "", 0, 0, 0, 0, "No Python.")).Single().Location);

    [TestMethod]
    public void Every_id_is_reported_under_its_own_descriptor()
    {
        string[] ids = DiagnosticTable.ById.Keys.Where(id => id != DiagnosticTable.UnreadableManifestId).ToArray();
        Diagnostic[] diagnostics = Report(ids.Select(id => s_error with { Id = id }).ToArray());
        CollectionAssert.AreEquivalent(ids, diagnostics.Select(diagnostic => diagnostic.Id).ToArray());
        Assert.HasCount(ids.Length, diagnostics.Select(diagnostic => diagnostic.Descriptor.Title.ToString()).Distinct().ToArray());
        CollectionAssert.AreEquivalent(
            ids.Select(id => $"file:///nuget%20packages/pyembed/docs/diagnostics.md#{id.ToLowerInvariant()}").ToArray(),
            diagnostics.Select(diagnostic => diagnostic.Descriptor.HelpLinkUri).ToArray());
    }

    [TestMethod]
    [DataRow("Error", DiagnosticSeverity.Error)]
    [DataRow("Warning", DiagnosticSeverity.Warning)]
    [DataRow("Info", DiagnosticSeverity.Info)]
    public void The_manifest_says_how_grave_a_finding_is(string severity, DiagnosticSeverity expected)
    {
        ManifestSeverity inManifest = Enum.Parse<ManifestSeverity>(severity);
        Assert.AreEqual(expected, Report(s_error with { Severity = inManifest }).Single().Severity);
        Assert.AreEqual(expected, Report(s_error with { Id = "PYE1006", Severity = inManifest }).Single().Severity);
    }

    [TestMethod]
    [DataRow("Error", "PYE1001")]
    [DataRow("Warning", "PYE1001")]
    [DataRow("Warning", "PYE1006")]
    public void NoWarn_and_a_global_severity_of_none_silence_it(string severity, string id)
    {
        ManifestDiagnostic finding = s_error with { Id = id, Severity = Enum.Parse<ManifestSeverity>(severity) };
        Assert.IsEmpty(Report(s_options.WithSpecificDiagnosticOptions([new(id, ReportDiagnostic.Suppress)]), finding));
        Assert.IsEmpty(Report(s_options.WithSyntaxTreeOptionsProvider(new GlobalSeverity(id, ReportDiagnostic.Suppress)), finding));
    }

    [TestMethod]
    [DataRow(ReportDiagnostic.Warn, DiagnosticSeverity.Warning)]
    [DataRow(ReportDiagnostic.Info, DiagnosticSeverity.Info)]
    [DataRow(ReportDiagnostic.Error, DiagnosticSeverity.Error)]
    public void A_global_severity_goes_before_the_manifests(ReportDiagnostic severity, DiagnosticSeverity expected)
    {
        CSharpCompilationOptions options = s_options.WithSyntaxTreeOptionsProvider(new GlobalSeverity("PYE1001", severity));
        Assert.AreEqual(expected, Report(options, s_error).Single().Severity);
        Assert.AreEqual(expected, Report(options, s_error with { Severity = ManifestSeverity.Warning }).Single().Severity);
    }

    [TestMethod]
    public void Warnings_become_errors_except_those_that_are_not_to()
    {
        ManifestDiagnostic warning = s_error with { Severity = ManifestSeverity.Warning };
        CSharpCompilationOptions asErrors = s_options.WithGeneralDiagnosticOption(ReportDiagnostic.Error);
        Assert.AreEqual(DiagnosticSeverity.Error, Report(asErrors, warning).Single().Severity);
        Assert.AreEqual(DiagnosticSeverity.Error, Report(s_options.WithSpecificDiagnosticOptions([new("PYE1001", ReportDiagnostic.Error)]), warning).Single().Severity);

        CSharpCompilationOptions except = asErrors.WithSpecificDiagnosticOptions([new("PYE1001", ReportDiagnostic.Warn)]);
        Assert.AreEqual(DiagnosticSeverity.Warning, Report(except, warning).Single().Severity);
    }

    [TestMethod]
    [DataRow("", 0)]
    [DataRow("not a manifest\n", 0)]
    [DataRow("pyembed-manifest 9\n", 0)]
    [DataRow("pyembed-manifest 1\nmodule\ta\tmodule\t\nmodule\tb\n", 2)]
    public void A_malformed_manifest_is_one_diagnostic_and_no_code(string text, int line)
    {
        Diagnostic[] diagnostics = Run(new ManifestAdditionalText(GeneratorHarness.ManifestPath, text), s_options, out int sources);
        Diagnostic diagnostic = diagnostics.Single();
        Assert.AreEqual("PYE1000", diagnostic.Id);
        Assert.AreEqual(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.AreEqual(GeneratorHarness.ManifestPath, diagnostic.Location.GetLineSpan().Path);
        Assert.AreEqual(line, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        Assert.AreEqual(0, sources);
    }

    [TestMethod]
    public void A_malformed_manifest_leaves_the_others_alone()
    {
        GeneratorDriver driver = GeneratorHarness.Driver(
            "A", LanguageVersion.Latest, new ManifestAdditionalText("/b/PyEmbed.manifest", "x"), GeneratorHarness.File(GeneratorHarness.Modules("a"), "/a/PyEmbed.manifest"));
        GeneratorDriverRunResult result = driver.RunGenerators(GeneratorHarness.Compile()).GetRunResult();
        Assert.AreEqual("PYE1000", result.Diagnostics.Single().Id);
        Assert.HasCount(1, result.GeneratedTrees);
    }

    [TestMethod]
    public void An_id_of_a_newer_task_is_reported_and_not_lost()
    {
        Diagnostic diagnostic = Report(s_error with { Id = "PYE1999" }).Single();
        Assert.AreEqual("PYE1000", diagnostic.Id);
        Assert.Contains("PYE1999", diagnostic.GetMessage());
        Assert.Contains(s_error.Message, diagnostic.GetMessage());
    }

    private static Diagnostic[] Report(params ManifestDiagnostic[] findings) => Report(s_options, findings);

    private static Diagnostic[] Report(CSharpCompilationOptions options, params ManifestDiagnostic[] findings) =>
        Run(GeneratorHarness.File(BuildManifest.Empty with { Diagnostics = new(findings) }), options, out _);

    private static Diagnostic[] Run(AdditionalText file, CSharpCompilationOptions options, out int sources)
    {
        GeneratorDriver driver = GeneratorHarness.Driver("A", LanguageVersion.Latest, file)
            .RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compile(options: options), out _, out ImmutableArray<Diagnostic> diagnostics);
        sources = driver.GetRunResult().GeneratedTrees.Length;
        return [.. diagnostics];
    }

    private sealed class GlobalSeverity(string id, ReportDiagnostic severity) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic found)
        {
            found = default;
            return false;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic found)
        {
            found = severity;
            return diagnosticId == id;
        }
    }
}
