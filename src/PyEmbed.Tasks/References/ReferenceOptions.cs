namespace PyEmbed.Tasks.References;

/// <summary>Everything that decides which assemblies are mounted.</summary>
/// <param name="References">The files of the resolved references, absolute, in the order of resolution; those of the framework left out.</param>
/// <param name="AssemblyName">The project's own assembly.</param>
/// <param name="Trees">The archives that the project embeds itself, absolute.</param>
/// <param name="ProjectFile">Where conflicts are reported.</param>
/// <param name="ManifestFile">Receives the diagnostics, for the generator.</param>
/// <param name="StateFile">Receives what the next build need not find out again.</param>
/// <param name="ImportsFile">What the project's own trees leave open of their imports; the file need not be there.</param>
/// <param name="IgnoredImports">Modules that may be missing, with those below them; <c>*</c> stands for any text.</param>
internal sealed record ReferenceOptions(
    IReadOnlyList<string> References,
    string AssemblyName,
    IReadOnlyList<string> Trees,
    string ProjectFile,
    string ManifestFile,
    string StateFile,
    string ImportsFile,
    IReadOnlyList<string> IgnoredImports);
