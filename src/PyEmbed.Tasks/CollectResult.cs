using PyEmbed.Manifest;

namespace PyEmbed.Tasks;

/// <summary>What a run left behind.</summary>
/// <param name="Archives">The archives; empty where the run was blocked.</param>
/// <param name="Manifest">The manifest's path; null where the run was blocked.</param>
/// <param name="Blocking">What kept archives from being made.</param>
/// <param name="Recorded">What is in the manifest; empty where nothing was to be done and a generator reports it.</param>
/// <param name="WasCurrent">Whether nothing was to be done.</param>
/// <param name="Asked">How often an interpreter looked at a file, in place of the compile cache.</param>
internal sealed record CollectResult(
    IReadOnlyList<ArchiveOutput> Archives,
    string? Manifest,
    IReadOnlyList<ManifestDiagnostic> Blocking,
    IReadOnlyList<ManifestDiagnostic> Recorded,
    bool WasCurrent = false,
    int Asked = 0);
