namespace PyEmbed.Manifest;

/// <summary>One of the project's own modules.</summary>
/// <param name="Name">Its dotted name, as Python imports it.</param>
/// <param name="Kind">What kind of module it is.</param>
/// <param name="Docstring">Its docstring, cleaned as <c>inspect.cleandoc</c> does; empty where it has none.</param>
internal sealed record ManifestModule(string Name, ManifestModuleKind Kind, string Docstring);
