namespace PyEmbed.Tool.Output;

/// <summary>Whoever read standard output has gone: nothing is left to do, and nobody to tell.</summary>
internal sealed class BrokenPipeException : IOException;
