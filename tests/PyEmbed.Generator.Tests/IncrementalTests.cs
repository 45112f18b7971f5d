using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

/// <summary>What runs again after an edit, as the driver's tracking tells.</summary>
[TestClass]
public sealed class IncrementalTests
{
    private static readonly string[] s_allSteps =
    [
        GeneratorSteps.ManifestFile, GeneratorSteps.Manifest, GeneratorSteps.RootNamespace, GeneratorSteps.HelpPage, GeneratorSteps.Trees,
        GeneratorSteps.Modules, GeneratorSteps.EntryPoints, GeneratorSteps.Main, GeneratorSteps.Diagnostics,
    ];

    private static readonly BuildManifest s_manifest = new(
        new([new("a", "PyEmbed/a.zip", new string('0', 64), 1, TreePlacement.App, "3.9", new(["b"]))]),
        new([new("a", ManifestModuleKind.Module, "Docs.")]),
        new([new("Run", "a:run", "Docs.", "run")]),
        "a",
        new([new("PYE1006", ManifestSeverity.Warning, "/py/a.py", 1, 1, 1, 2, "It shadows.")]));

    [TestMethod]
    public void An_unrelated_edit_leaves_every_step_cached()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(sources: "class C { }");
        GeneratorDriver driver = Driver(s_manifest).RunGenerators(compilation);
        AssertSteps(driver, s_allSteps, IncrementalStepRunReason.New);

        SyntaxTree edited = CSharpSyntaxTree.ParseText("class C { void M() { } }", GeneratorHarness.ParseOptions(), path: "1.cs");
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], edited));

        AssertSteps(driver, s_allSteps, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        AssertOutputs(driver, expectedToRun: 0);
    }

    [TestMethod]
    public void A_new_reference_leaves_every_step_cached()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(sources: "class C { }");
        GeneratorDriver driver = Driver(s_manifest).RunGenerators(compilation);
        driver = driver.RunGenerators(compilation.AddReferences(MetadataReference.CreateFromFile(typeof(IncrementalTests).Assembly.Location)));
        AssertSteps(driver, s_allSteps, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        AssertOutputs(driver, expectedToRun: 0);
    }

    [TestMethod]
    public void A_manifest_written_again_with_equal_text_changes_nothing()
    {
        GeneratorDriver driver = After(s_manifest);
        AssertSteps(driver, s_allSteps, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        AssertOutputs(driver, expectedToRun: 0);
    }

    [TestMethod]
    [DataRow(GeneratorSteps.Trees)]
    [DataRow(GeneratorSteps.Modules)]
    [DataRow(GeneratorSteps.EntryPoints)]
    [DataRow(GeneratorSteps.Main)]
    [DataRow(GeneratorSteps.Diagnostics)]
    public void A_changed_manifest_runs_only_what_depends_on_the_change(string step)
    {
        GeneratorDriver driver = After(step switch
        {
            GeneratorSteps.Trees => s_manifest with { Trees = new([s_manifest.Trees[0] with { Requirements = new(["b", "c"]) }]) },
            GeneratorSteps.Modules => s_manifest with { Modules = new([s_manifest.Modules[0] with { Docstring = "Other." }]) },
            GeneratorSteps.EntryPoints => s_manifest with { EntryPoints = default },
            GeneratorSteps.Main => s_manifest with { Main = null },
            _ => s_manifest with { Diagnostics = default },
        });
        AssertSteps(driver, [GeneratorSteps.ManifestFile, GeneratorSteps.Manifest, step], IncrementalStepRunReason.Modified);
        AssertSteps(
            driver,
            s_allSteps.Except([GeneratorSteps.ManifestFile, GeneratorSteps.Manifest, step]),
            IncrementalStepRunReason.Cached,
            IncrementalStepRunReason.Unchanged);
        AssertOutputs(driver, expectedToRun: 1);
    }

    [TestMethod]
    [DataRow("Docs.", "run-it")]
    [DataRow("Other.", "run")]
    public void A_changed_console_script_runs_the_entry_points_only(string docstring, string script)
    {
        GeneratorDriver driver = After(s_manifest with { EntryPoints = new([s_manifest.EntryPoints[0] with { Docstring = docstring, Script = script }]) });

        AssertSteps(driver, [GeneratorSteps.EntryPoints], IncrementalStepRunReason.Modified);
        AssertOutputs(driver, expectedToRun: 1);
    }

    [TestMethod]
    public void The_order_of_two_manifests_does_not_matter()
    {
        var own = GeneratorHarness.Modules("b") with { Main = "b" };
        var references = GeneratorHarness.Modules("a", "b") with { Diagnostics = s_manifest.Diagnostics };
        AdditionalText first = GeneratorHarness.File(own, "/obj/PyEmbed.manifest");
        AdditionalText second = GeneratorHarness.File(references, "/obj/references/PyEmbed.manifest");
        string[] forward = Generate(first, second);
        CollectionAssert.AreEqual(forward, Generate(second, first));
        Assert.HasCount(2, forward);
        Assert.Contains("Name = \"a\"", forward[0]);
    }

    [TestMethod]
    public void Other_additional_files_are_not_read()
    {
        GeneratorDriver driver = GeneratorHarness.Driver("A", LanguageVersion.Latest, new ManifestAdditionalText("/x/PyEmbed.manifest.txt", "no manifest"), new ManifestAdditionalText("/x/pyembed.manifest", null))
            .RunGenerators(GeneratorHarness.Compile());
        Assert.IsEmpty(driver.GetRunResult().Diagnostics);
        Assert.IsEmpty(driver.GetRunResult().GeneratedTrees);
    }

    private static GeneratorDriver Driver(BuildManifest manifest) =>
        GeneratorHarness.Driver("A", LanguageVersion.Latest, GeneratorHarness.File(manifest));

    private static GeneratorDriver After(BuildManifest changed)
    {
        CSharpCompilation compilation = GeneratorHarness.Compile();
        AdditionalText file = GeneratorHarness.File(s_manifest);
        return GeneratorHarness.Driver("A", LanguageVersion.Latest, file)
            .RunGenerators(compilation)
            .ReplaceAdditionalText(file, GeneratorHarness.File(changed))
            .RunGenerators(compilation);
    }

    private static string[] Generate(params AdditionalText[] files) =>
        GeneratorHarness.Driver("A", LanguageVersion.Latest, files).RunGenerators(GeneratorHarness.Compile())
            .GetRunResult().GeneratedTrees.Select(tree => tree.ToString()).ToArray();

    private static void AssertSteps(GeneratorDriver driver, IEnumerable<string> steps, params IncrementalStepRunReason[] reasons)
    {
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        foreach (string step in steps)
        {
            IncrementalStepRunReason[] actual = result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray();
            Assert.IsNotEmpty(actual);
            Assert.IsTrue(actual.All(reasons.Contains), $"{step}: {string.Join(", ", actual)}");
        }
    }

    private static void AssertOutputs(GeneratorDriver driver, int expectedToRun)
    {
        var outputs = driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs);
        Assert.AreEqual(expectedToRun, outputs.Count(output => output.Reason != IncrementalStepRunReason.Cached));
    }
}
