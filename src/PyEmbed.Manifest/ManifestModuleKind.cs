namespace PyEmbed.Manifest;

/// <summary>What a dotted name stands for.</summary>
internal enum ManifestModuleKind
{
    /// <summary>A module that holds no others.</summary>
    Module,

    /// <summary>A regular package: a folder with an <c>__init__</c> module.</summary>
    Package,

    /// <summary>A namespace package (PEP 420): a folder without one.</summary>
    Namespace,
}
