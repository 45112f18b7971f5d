namespace PyEmbed.Tool.Graphs;

/// <summary>An import of one module by another: of several, the one that runs first of all.</summary>
/// <param name="Importer">The module that has the statement.</param>
/// <param name="Imported">The module that it names.</param>
/// <param name="Kind">When it runs: <c>top-level</c>, <c>conditional</c>, <c>function</c> or <c>type-checking</c>.</param>
/// <param name="Line">Its line.</param>
/// <param name="Place">Where the imported module is: <c>tree</c>, <c>standard-library</c>, <c>third-party</c> or <c>missing</c>.</param>
internal sealed record GraphImport(string Importer, string Imported, string Kind, int Line, string Place)
{
    public const string InTree = "tree";

    public const string Missing = "missing";

    public const string TopLevel = "top-level";

    public const string Conditional = "conditional";
}
