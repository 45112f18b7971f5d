namespace PyEmbed.Tasks.Trees;

/// <summary>One <c>PythonModuleRule</c> item.</summary>
/// <param name="Module">The dotted name of a module, or <c>.</c> in a rule about all.</param>
/// <param name="Action">The metadata of that name.</param>
/// <param name="DefinedIn">The project file that the item stands in.</param>
internal sealed record RuleItem(string Module, string Action, string DefinedIn);
