using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>What the interpreter says of one file.</summary>
internal sealed record FileAnalysis
{
    /// <summary>The content's hash, in hex; empty where the file could not be read.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Why the file could not be read, in the operating system's words; empty where it could.</summary>
    public string Unreadable { get; init; } = "";

    public IReadOnlyList<AnalysisProblem> Problems { get; init; } = [];

    /// <summary>What the code asks for that works only with files on disk.</summary>
    public FileUse UsesFile { get; init; }

    /// <summary>The docstring's first paragraph; empty where there is none.</summary>
    public string Docstring { get; init; } = "";

    public IReadOnlyList<AnalyzedAttribute> Attributes { get; init; } = [];

    /// <summary>Null where the file does not compile or no bytecode was wanted.</summary>
    public BytecodeLocation? Bytecode { get; init; }
}
