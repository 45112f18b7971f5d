using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>One file that an interpreter is to look at.</summary>
/// <param name="FullPath">Where it lies on disk.</param>
/// <param name="ArchivePath">Where it lies in the archive; its code objects carry this name.</param>
/// <param name="Checks">Whether it is to be looked at beyond what compiling says.</param>
/// <param name="Level">The optimisation level that it is to be compiled at, or null where no bytecode is wanted.</param>
/// <param name="Attributes">Names of the module that are to be looked up.</param>
internal sealed record AnalysisRequest(string FullPath, string ArchivePath, bool Checks, int? Level, EquatableArray<string> Attributes = default)
{
    /// <summary>The fields that the answer depends on, beside the file's content and the interpreter.</summary>
    public string[] Fields => [ArchivePath, Checks ? "1" : "0", Level is int level ? RecordLine.Number(level) : "", .. Attributes];
}
