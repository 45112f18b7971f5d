using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>A command that an embedded distribution declares.</summary>
/// <param name="Name">The command.</param>
/// <param name="Reference">The function, <c>module:attribute</c>; empty where the declaration is malformed.</param>
/// <param name="File">Where it is declared.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record ConsoleScript(string Name, string Reference, TreeFile File, int Line);
