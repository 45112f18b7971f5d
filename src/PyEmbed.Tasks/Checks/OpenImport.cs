using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Checks;

/// <summary>An import that the project's own trees and the standard library do not satisfy.</summary>
/// <param name="Missing">The first of the dotted name's prefixes that is in none of the project's trees.</param>
/// <param name="Module">The module's absolute name.</param>
/// <param name="Names">What is taken from the module; of interest where that is a namespace, which has nothing but modules.</param>
/// <param name="IsFinal">Whether no reference can have it, because its package is the project's own.</param>
/// <param name="Distribution">The tree that the file is in.</param>
/// <param name="Problem">What to say where no reference has it.</param>
internal sealed record OpenImport(string Missing, string Module, IReadOnlyList<string> Names, bool IsFinal, string Distribution, ManifestDiagnostic Problem);
