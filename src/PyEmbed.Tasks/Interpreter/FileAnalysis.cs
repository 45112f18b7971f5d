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

    /// <summary>The imports that must succeed, without those of modules that are in every version's standard library.</summary>
    public IReadOnlyList<AnalyzedImport> Imports { get; init; } = [];

    /// <summary>Of an <c>__init__.py</c>: all names that it may bind. Null where it may have any, and for other files.</summary>
    public IReadOnlyList<string>? Binds { get; init; }

    /// <summary>What the code changes about how modules are found.</summary>
    public ImportChange ImportChanges { get; init; }

    public IReadOnlyList<AnalyzedAttribute> Attributes { get; init; } = [];

    /// <summary>Null where the file does not compile or no bytecode was wanted.</summary>
    public BytecodeLocation? Bytecode { get; init; }
}
