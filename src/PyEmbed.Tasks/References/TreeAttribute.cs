namespace PyEmbed.Tasks.References;

/// <summary>The values of an <c>EmbeddedPythonAttribute</c>, as they stand in an assembly's metadata.</summary>
/// <param name="Name">The distribution's name.</param>
/// <param name="Resource">The manifest resource that holds the tree.</param>
/// <param name="Hash">The tree's hash; empty where it is not given.</param>
/// <param name="FormatVersion">The version of the archive's format; 0 where it is not given.</param>
/// <param name="MinimumPython">The oldest CPython; empty where it is not given.</param>
/// <param name="Requirements">What the tree needs beside itself.</param>
internal sealed record TreeAttribute(
    string Name, string Resource, string Hash, int FormatVersion, string MinimumPython, IReadOnlyList<string> Requirements);
