namespace PyEmbed.Tasks.Output;

/// <summary>Bytecode that the compile cache promised is damaged or gone.</summary>
internal sealed class CompileCacheException(string message) : Exception(message);
