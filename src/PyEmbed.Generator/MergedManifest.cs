using System.Collections.Immutable;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>All manifests of a compilation as one.</summary>
internal static class MergedManifest
{
    /// <summary>Puts the manifests together in ordinal order of their paths, so that the order of the items does not show.</summary>
    public static BuildManifest Merge(ImmutableArray<ManifestFile> files)
    {
        if (files.Length == 1)
        {
            return files[0].Content;
        }

        BuildManifest[] parts = files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => file.Content).ToArray();
        return new BuildManifest(
            new(parts.SelectMany(part => part.Trees)),
            new(parts.SelectMany(part => part.Modules).GroupBy(module => module.Name, StringComparer.Ordinal).Select(same => same.First())),
            new(parts.SelectMany(part => part.EntryPoints)),
            parts.Select(part => part.Main).FirstOrDefault(main => main is not null),
            new(parts.SelectMany(part => part.Diagnostics)));
    }
}
