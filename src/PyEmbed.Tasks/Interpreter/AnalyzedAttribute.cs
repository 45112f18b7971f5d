namespace PyEmbed.Tasks.Interpreter;

/// <summary>What became of the look-up of a module's attribute.</summary>
internal sealed record AnalyzedAttribute(string Name, AttributeState State, string Docstring);
