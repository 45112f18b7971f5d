namespace PyEmbed.Manifest;

/// <summary>Which files of a tree are put on disk at run time.</summary>
internal enum MaterializeMode
{
    /// <summary>Extension modules and what lies beside them; data folders of packages that use <c>__file__</c>; the rest on demand.</summary>
    Auto,

    /// <summary>Nothing, ever.</summary>
    Never,

    /// <summary>All data folders at the first import of their top-level package.</summary>
    Data,

    /// <summary>The whole tree, Python sources included.</summary>
    All,
}
