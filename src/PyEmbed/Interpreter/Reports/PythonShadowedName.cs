namespace PyEmbed;

/// <summary>A top-level module that the search path has in two places.</summary>
/// <param name="Name">The module's name.</param>
/// <param name="UsedOrigin">Where <c>import</c> takes it from.</param>
/// <param name="HiddenOrigin">The other place.</param>
public sealed record PythonShadowedName(string Name, string UsedOrigin, string HiddenOrigin);
