namespace PyEmbed.Manifest;

/// <summary>One embedded tree: one distribution, one archive, one resource.</summary>
/// <param name="Name">The distribution's name.</param>
/// <param name="Resource">The manifest resource that holds the archive, such as <c>PyEmbed/mypkg.zip</c>.</param>
/// <param name="Hash">The tree's content hash, 64 lower-case hex digits.</param>
/// <param name="FormatVersion">The archive's format version, from 1.</param>
/// <param name="Placement">Where on <c>sys.path</c> it stands.</param>
/// <param name="MinimumPython">The oldest CPython it runs on, <c>major.minor</c>.</param>
/// <param name="Requirements">The distributions it needs beside itself, as PEP 508 requirements.</param>
internal sealed record ManifestTree(
    string Name,
    string Resource,
    string Hash,
    int FormatVersion,
    TreePlacement Placement,
    string MinimumPython,
    EquatableArray<string> Requirements);
