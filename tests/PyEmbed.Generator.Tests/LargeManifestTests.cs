using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

[TestClass]
public sealed class LargeManifestTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Thirty_thousand_modules_are_generated()
    {
        IEnumerable<string> names =
            from package in Enumerable.Range(0, 30)
            from sub in Enumerable.Range(0, 10)
            from module in Enumerable.Range(0, 100)
            select $"pkg{package:00}.sub{sub}.mod{module:00}";
        var manifest = BuildManifest.Empty with { Modules = new(names.Select(name => new ManifestModule(name, ManifestModuleKind.Module, "The docs of " + name + ".\n\nAnd <more>."))) };
        CSharpCompilation compilation = GeneratorHarness.Compile();
        AdditionalText file = GeneratorHarness.File(manifest);
        GeneratorDriver driver = GeneratorHarness.Driver("A", LanguageVersion.Latest, file).RunGenerators(compilation);
        TestContext.WriteLine($"Generated in {driver.GetTimingInfo().ElapsedTime.TotalMilliseconds:0} ms, cold.");

        SyntaxTree tree = driver.GetRunResult().GeneratedTrees.Single();
        Assert.HasCount(30_000 + 300 + 30, tree.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.FieldDeclarationSyntax>().ToArray());
        Assert.IsEmpty(tree.GetDiagnostics());

        driver = driver.RunGenerators(compilation);
        TestContext.WriteLine($"Run again with nothing changed in {driver.GetTimingInfo().ElapsedTime.TotalMilliseconds:0.0} ms.");
        Assert.IsTrue(tree.IsEquivalentTo(driver.GetRunResult().GeneratedTrees.Single()));

        ManifestModule[] edited = [.. manifest.Modules];
        edited[15_000] = edited[15_000] with { Docstring = "Other." };
        driver = driver.ReplaceAdditionalText(file, GeneratorHarness.File(manifest with { Modules = new(edited) })).RunGenerators(compilation);
        TestContext.WriteLine($"Generated after a new docstring in {driver.GetTimingInfo().ElapsedTime.TotalMilliseconds:0} ms, warm.");
        Assert.Contains("/// <summary>Other.</summary>", driver.GetRunResult().GeneratedTrees.Single().ToString());
    }
}
