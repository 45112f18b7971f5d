namespace PyEmbed.Manifest;

/// <summary>A Python function that C# calls through a generated method.</summary>
/// <param name="MethodName">The name wanted for the method.</param>
/// <param name="Reference">The function, <c>module:attr</c>.</param>
/// <param name="Docstring">The function's docstring; empty where it has none.</param>
/// <param name="Script">The command that an embedded distribution gives the function; empty where it gives none.</param>
internal sealed record ManifestEntryPoint(string MethodName, string Reference, string Docstring, string Script = "");
