using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>One file that the interpreter is to look at.</summary>
/// <param name="FullPath">Where it lies on disk.</param>
/// <param name="ArchivePath">Where it lies in the archive; its code objects carry this name.</param>
/// <param name="WantsBytecode">Whether it is to be compiled for the archive.</param>
/// <param name="Attributes">Names of the module that are to be looked up.</param>
internal sealed record AnalysisRequest(string FullPath, string ArchivePath, bool WantsBytecode, EquatableArray<string> Attributes);
