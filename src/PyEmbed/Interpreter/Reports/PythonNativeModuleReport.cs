namespace PyEmbed;

/// <summary>A module written in C# in a <see cref="PythonReport"/>.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Origin">The <c>origin</c> of its spec, <c>builtin</c>.</param>
/// <param name="IsImported">Whether it was built and is in <c>sys.modules</c>.</param>
public sealed record PythonNativeModuleReport(string Name, string Origin, bool IsImported);
