namespace PyEmbed.Tool.Bundling;

/// <summary>A bundle that was made.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Modules">Its modules, each with the module that needs it and the line; an empty one for what the user has named.</param>
internal sealed record BundleResult(PythonBundle Bundle, IReadOnlyList<(string Name, string Importer, int Line)> Modules);
