namespace PyEmbed.Tasks;

/// <summary>One <c>PythonEntryPoint</c> item.</summary>
/// <param name="Reference"><c>module:attribute</c>.</param>
/// <param name="Name">The metadata of that name; empty for the default.</param>
internal sealed record EntryPointItem(string Reference, string Name = "");
