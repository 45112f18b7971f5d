namespace PyEmbed.Tool.Inputs;

/// <summary>What a module is.</summary>
internal enum TreeModuleKind
{
    /// <summary>A folder with an <c>__init__</c>.</summary>
    Package,

    /// <summary>A source file, or bytecode without one.</summary>
    Module,

    /// <summary>A folder without <c>__init__</c> that holds modules (PEP 420).</summary>
    Namespace,

    /// <summary>Native code.</summary>
    Extension,
}
