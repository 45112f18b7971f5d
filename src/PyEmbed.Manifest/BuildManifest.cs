namespace PyEmbed.Manifest;

/// <summary>What one manifest says of a build: docs/formats.md, section 2.</summary>
/// <param name="Trees">The trees embedded in the assembly, in mount order.</param>
/// <param name="Modules">The project's own modules, in ordinal order of their names, each once.</param>
/// <param name="EntryPoints">The functions that become C# methods.</param>
/// <param name="Main">What the generated <c>Main</c> runs, <c>module:attr</c> or a module's name; null where none is asked for.</param>
/// <param name="Diagnostics">What the build found wrong with the Python files.</param>
internal sealed record BuildManifest(
    EquatableArray<ManifestTree> Trees,
    EquatableArray<ManifestModule> Modules,
    EquatableArray<ManifestEntryPoint> EntryPoints,
    string? Main,
    EquatableArray<ManifestDiagnostic> Diagnostics)
{
    /// <summary>A manifest without a record.</summary>
    public static BuildManifest Empty { get; } = new(default, default, default, null, default);
}
