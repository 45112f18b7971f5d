namespace PyEmbed.Tool.Bundling;

/// <summary>What a user asks for in a bundle.</summary>
/// <param name="Names">Modules, objects, packages with all that is in them.</param>
/// <param name="RuleFiles">Files of rules and their texts.</param>
/// <param name="Rules">Rules that come after those of files.</param>
/// <param name="Sources">Modules and the files of their sources.</param>
/// <param name="Data">Identifiers and bytes.</param>
/// <param name="System">Modules and the callables that they require of the system.</param>
/// <param name="Modules">Modules and the callables that they require of modules.</param>
/// <param name="Report">A file and its text: what the other side has; null for nothing.</param>
/// <param name="Python">The CPython to use; null for the one that an application finds.</param>
internal sealed record BundleRequest(
    string[] Names,
    (string File, string Text)[] RuleFiles,
    string[] Rules,
    (string Name, string Path)[] Sources,
    (string Name, byte[] Content)[] Data,
    (string Name, string Callable)[] System,
    (string Name, string Callable)[] Modules,
    (string File, string Text)? Report,
    string? Python);
