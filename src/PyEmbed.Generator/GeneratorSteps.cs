namespace PyEmbed.Generator;

/// <summary>The names under which the driver tracks the steps of <see cref="PyEmbedGenerator"/>.</summary>
internal static class GeneratorSteps
{
    public const string ManifestFile = nameof(ManifestFile);
    public const string Manifest = nameof(Manifest);
    public const string RootNamespace = nameof(RootNamespace);
    public const string HelpPage = nameof(HelpPage);
    public const string Trees = nameof(Trees);
    public const string Modules = nameof(Modules);
    public const string EntryPoints = nameof(EntryPoints);
    public const string Main = nameof(Main);
    public const string Diagnostics = nameof(Diagnostics);
}
