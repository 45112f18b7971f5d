namespace PyEmbed;

/// <summary>A module that code in a bundle may import and that was not found where the bundle was made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ImportedBy">The module that imports it.</param>
/// <param name="Line">The line of the import in that module's source.</param>
public sealed record PythonMissingModule(string Name, string ImportedBy, int Line);
