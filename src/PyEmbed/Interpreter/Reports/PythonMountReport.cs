namespace PyEmbed;

/// <summary>A mounted tree in a <see cref="PythonReport"/>.</summary>
/// <param name="Root">Its entry on <c>sys.path</c>.</param>
/// <param name="Origin">Where it comes from: <see cref="PythonTree.Origin"/>.</param>
/// <param name="Distribution">Its name.</param>
/// <param name="Hash">SHA-256 of paths and contents, 64 hex digits; empty for a zip that PyEmbed did not write.</param>
/// <param name="MinimumPython">The oldest CPython that the tree says it runs on; null if it does not say.</param>
/// <param name="IsPythonSupported">Whether the running CPython is that or newer.</param>
/// <param name="Modules">Names in <c>sys.modules</c> loaded from it, sorted. A namespace package counts for every tree with a portion of it.</param>
public sealed record PythonMountReport(
    string Root,
    string Origin,
    string Distribution,
    string Hash,
    Version? MinimumPython,
    bool IsPythonSupported,
    IReadOnlyList<string> Modules);
