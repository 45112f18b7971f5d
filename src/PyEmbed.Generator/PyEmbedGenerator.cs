using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>
/// Describes in C# what the build put into the assembly: attributes for the trees, names for the modules, methods for the
/// entry points, a <c>Main</c> where one is asked for, and the build's findings as diagnostics.
/// </summary>
/// <remarks>
/// Everything comes from the manifests (docs/formats.md, section 2) and from properties of the project; no step looks at the
/// compilation, so an edit of C# runs none of them again.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class PyEmbedGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<BuildManifest> manifest = context.AdditionalTextsProvider
            .Where(ManifestFile.IsManifest)
            .Select(ManifestFile.Read)
            .WithTrackingName(GeneratorSteps.ManifestFile)
            .Collect()
            .Select(static (files, _) => MergedManifest.Merge(files))
            .WithTrackingName(GeneratorSteps.Manifest);

        IncrementalValueProvider<string> rootNamespace = Property(context, "RootNamespace").WithTrackingName(GeneratorSteps.RootNamespace);
        IncrementalValueProvider<string> helpPage = Property(context, "_PyEmbedHelpPage").WithTrackingName(GeneratorSteps.HelpPage);

        // Each output hangs on its own part of the manifest, so that a new docstring does not report the diagnostics again.
        IncrementalValueProvider<EquatableArray<ManifestTree>> trees = manifest
            .Select(static (manifest, _) => manifest.Trees).WithTrackingName(GeneratorSteps.Trees);
        IncrementalValueProvider<EquatableArray<ManifestModule>> modules = manifest
            .Select(static (manifest, _) => manifest.Modules).WithTrackingName(GeneratorSteps.Modules);
        IncrementalValueProvider<EquatableArray<ManifestEntryPoint>> entryPoints = manifest
            .Select(static (manifest, _) => manifest.EntryPoints).WithTrackingName(GeneratorSteps.EntryPoints);
        IncrementalValueProvider<string?> main = manifest
            .Select(static (manifest, _) => manifest.Main).WithTrackingName(GeneratorSteps.Main);
        IncrementalValueProvider<EquatableArray<ManifestDiagnostic>> diagnostics = manifest
            .Select(static (manifest, _) => manifest.Diagnostics).WithTrackingName(GeneratorSteps.Diagnostics);

        context.RegisterSourceOutput(trees, TreeAttributesSource.Add);
        context.RegisterSourceOutput(modules.Combine(rootNamespace), ModuleNamesSource.Add);
        context.RegisterSourceOutput(entryPoints.Combine(rootNamespace), EntryPointsSource.Add);
        context.RegisterSourceOutput(main.Combine(rootNamespace), ProgramSource.Add);
        context.RegisterSourceOutput(diagnostics.Combine(helpPage), DiagnosticReporter.Report);
    }

    private static IncrementalValueProvider<string> Property(IncrementalGeneratorInitializationContext context, string name) =>
        context.AnalyzerConfigOptionsProvider.Select((options, _) =>
            options.GlobalOptions.TryGetValue("build_property." + name, out string? value) ? value : "");
}
