using PyEmbed.Manifest;

namespace PyEmbed.Tool.Inputs;

/// <summary>A file of a tree.</summary>
/// <param name="Path">Relative to the module root, with <c>/</c>.</param>
/// <param name="Record">Where it lies.</param>
internal sealed record TreeFile(string Path, ArchiveRecord Record);
