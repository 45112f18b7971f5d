namespace PyEmbed.Manifest;

/// <summary>How an assembly says which of its Python functions are programs: <c>AssemblyMetadataAttribute</c> with these keys (docs/formats.md, section 6).</summary>
internal static class ProgramAttribute
{
    /// <summary>The key of what <c>Main</c> runs: <c>module:function</c>, or a module's name.</summary>
    public const string MainKey = "PyEmbed.Main";

    /// <summary>The key of an entry point: <c>name=module:function</c>, where the name is the console script's, else that of the generated method.</summary>
    public const string EntryPointKey = "PyEmbed.EntryPoint";
}
