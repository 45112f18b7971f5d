using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

/// <summary>Runs the generator in memory, over manifests and a compilation that the test makes.</summary>
internal static class GeneratorHarness
{
    public const string HelpPage = "/nuget packages/pyembed/docs/diagnostics.md";

    public const string ManifestPath = "/obj/pyembed/PyEmbed.manifest";

    /// <summary>What generated code calls, as the runtime declares it.</summary>
    public const string RuntimeApi = """
        #nullable enable
        #pragma warning disable CS1591
        namespace PyEmbed
        {
            [System.AttributeUsage(System.AttributeTargets.Assembly, AllowMultiple = true)]
            public sealed class EmbeddedPythonAttribute : System.Attribute
            {
                public EmbeddedPythonAttribute(string name) { Name = name; }
                public string Name { get; }
                public string Resource { get; set; } = "";
                public string Hash { get; set; } = "";
                public int FormatVersion { get; set; }
                public string MinimumPython { get; set; } = "";
                public string[] Requirements { get; set; } = new string[0];
            }
            public sealed class PythonOptions { public System.Collections.Generic.IReadOnlyList<string>? Arguments { get; set; } }
            public sealed class PythonRuntimeNotFoundException : System.Exception { public PythonRuntimeNotFoundException(string m) : base(m) { } }
            public sealed class PythonInterpreter : System.IDisposable
            {
                public static readonly System.Collections.Generic.List<string> Calls = new System.Collections.Generic.List<string>();
                public static bool Missing;
                public static PythonInterpreter Start(PythonOptions? options = null)
                {
                    if (Missing) throw new PythonRuntimeNotFoundException("no Python here");
                    Calls.Add("Start " + string.Join(" ", options?.Arguments ?? new string[0]));
                    return new PythonInterpreter();
                }
                public int RunModule(string module, params string[] args) { Calls.Add("RunModule " + module + " " + string.Join(" ", args)); return 5; }
                public int RunEntryPoint(string reference, params string[] args) { Calls.Add("RunEntryPoint " + reference + " " + string.Join(" ", args)); return 6; }
                public void Dispose() { Calls.Add("Dispose"); }
            }
        }
        """;

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The runtime itself.</summary>
    public static MetadataReference Runtime { get; } = MetadataReference.CreateFromFile(typeof(PythonInterpreter).Assembly.Location);

    /// <summary>A compilation with the runtime's API and perhaps some sources, nullable on, XML docs checked, warnings reported.</summary>
    public static CSharpCompilation Compile(LanguageVersion version = LanguageVersion.Latest, CSharpCompilationOptions? options = null, params string[] sources)
    {
        CSharpParseOptions parse = ParseOptions(version);
        return CSharpCompilation.Create(
            "Test",
            sources.Prepend(RuntimeApi)
                .Select((source, index) => CSharpSyntaxTree.ParseText(source, parse, path: index.ToString(CultureInfo.InvariantCulture) + ".cs")),
            s_references,
            options ?? new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));
    }

    public static CSharpParseOptions ParseOptions(LanguageVersion version = LanguageVersion.Latest) =>
        new(version, DocumentationMode.Diagnose);

    public static GeneratorDriver Driver(string rootNamespace, LanguageVersion version, params AdditionalText[] files) => CSharpGeneratorDriver.Create(
        [new PyEmbedGenerator().AsSourceGenerator()],
        files,
        ParseOptions(version),
        new Options(rootNamespace),
        new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator over one manifest and checks that the result compiles without a warning.</summary>
    public static GeneratedCode Run(
        BuildManifest manifest, string rootNamespace = "My.App", LanguageVersion version = LanguageVersion.Latest, CSharpCompilationOptions? options = null, params string[] sources)
    {
        CSharpCompilation compilation = Compile(version, options, sources);
        GeneratorDriver driver = Driver(rootNamespace, version, File(manifest))
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Assert.IsEmpty(diagnostics, string.Join('\n', diagnostics));
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.IsNull(result.Exception);
        var warnings = output.GetDiagnostics().Where(diagnostic => diagnostic.Severity != DiagnosticSeverity.Hidden).ToArray();
        Assert.IsEmpty(warnings, string.Join('\n', warnings.Take(5).Select(warning => warning + "\n" + warning.Location.SourceTree)));
        return new GeneratedCode(
            (CSharpCompilation)output,
            result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString()));
    }

    public static AdditionalText File(BuildManifest manifest, string path = ManifestPath) => new ManifestAdditionalText(path, ManifestTextWriter.Write(manifest));

    public static BuildManifest Modules(params string[] names) =>
        BuildManifest.Empty with { Modules = new(names.Select(name => new ManifestModule(name, ManifestModuleKind.Module, ""))) };

    private sealed class Options(string rootNamespace) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(rootNamespace);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(string rootNamespace) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = key == "build_property._PyEmbedHelpPage" ? HelpPage : rootNamespace;
                return key is "build_property.RootNamespace" or "build_property._PyEmbedHelpPage";
            }
        }
    }
}

/// <summary>What the generator made, by hint name, and the compilation it is part of.</summary>
internal sealed record GeneratedCode(CSharpCompilation Compilation, Dictionary<string, string> Sources);

/// <summary>A file that is only in memory; null text stands for one that cannot be read.</summary>
internal sealed class ManifestAdditionalText(string path, string? text) : AdditionalText
{
    private readonly SourceText? _text = text is null ? null : SourceText.From(text);

    public override string Path => path;

    public override SourceText? GetText(CancellationToken cancellationToken = default) => _text;
}
