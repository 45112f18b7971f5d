using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

/// <summary>Compiles what is generated against the runtime, not against the tests' picture of it.</summary>
[TestClass]
public sealed class RuntimeApiTests
{
    [TestMethod]
    [DataRow(LanguageVersion.CSharp9, "a:main")]
    [DataRow(LanguageVersion.Preview, "a:main")]
    [DataRow(LanguageVersion.Preview, "a")]
    public void The_runtime_has_what_the_generated_code_uses(LanguageVersion version, string main)
    {
        var manifest = GeneratorHarness.Modules("a") with
        {
            Trees = new([new("a", "PyEmbed/a.zip", new string('0', 64), 1, TreePlacement.App, "3.9", new(["b>=1", "c"]))]),
            EntryPoints = new([new("Run", "a:run", "Docs.")]),
            Main = main,
        };
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999);
        CSharpCompilation compilation = GeneratorHarness.Compile(version, options);
        compilation = compilation.RemoveAllSyntaxTrees().AddReferences(GeneratorHarness.Runtime);
        GeneratorHarness.Driver("My.App", version, GeneratorHarness.File(manifest))
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        Diagnostic[] diagnostics = output.GetDiagnostics().Where(diagnostic => diagnostic.Severity != DiagnosticSeverity.Hidden).ToArray();
        Assert.IsEmpty(diagnostics, string.Join('\n', diagnostics.Select(diagnostic => diagnostic.ToString())));
    }
}
