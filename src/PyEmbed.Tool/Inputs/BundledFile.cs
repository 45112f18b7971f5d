namespace PyEmbed.Tool.Inputs;

/// <summary>A file in a single-file application.</summary>
/// <param name="Path">Where it would lie beside the application.</param>
/// <param name="Type">What it is.</param>
/// <param name="Offset">Where its data begins.</param>
/// <param name="Size">Its size.</param>
/// <param name="CompressedSize">The size of its data where it is compressed, else 0.</param>
internal sealed record BundledFile(string Path, BundledFileType Type, long Offset, long Size, long CompressedSize);
