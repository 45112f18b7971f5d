namespace PyEmbed.Tool.Stitching;

/// <summary>What a user decides of a stitched file.</summary>
/// <param name="Package">Which package, where there are several; null for the only one.</param>
/// <param name="Version">The version that the file names; null for what the package says.</param>
/// <param name="LeaveOutExtensions">Whether extension modules are left out.</param>
/// <param name="Python">The CPython to use; null for the one that an application finds.</param>
internal sealed record StitchChoices(string? Package, string? Version, bool LeaveOutExtensions, string? Python);
