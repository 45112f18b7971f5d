namespace PyEmbed.Tasks.Interpreter;

/// <summary>An import that must succeed for the code to run.</summary>
/// <param name="Line">Where the statement begins; all four count from 1, columns in UTF-16 units.</param>
/// <param name="Column">See <paramref name="Line"/>.</param>
/// <param name="EndLine">See <paramref name="Line"/>.</param>
/// <param name="EndColumn">See <paramref name="Line"/>.</param>
/// <param name="Level">The dots of a relative import; 0 for an absolute one.</param>
/// <param name="Module">The dotted name as written, without the dots before it; empty for <c>from . import name</c>.</param>
/// <param name="Names">What a <c>from</c> import takes from the module; empty for <c>import module</c>.</param>
internal sealed record AnalyzedImport(int Line, int Column, int EndLine, int EndColumn, int Level, string Module, IReadOnlyList<string> Names)
{
    /// <summary>Whether it is of the first module that a package of the interpreter's standard library lacks.</summary>
    public bool IsLacking { get; init; }
}
