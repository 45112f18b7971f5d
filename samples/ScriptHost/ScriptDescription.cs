namespace ScriptHost;

/// <summary>An embedded script.</summary>
/// <param name="Name">Its name in <c>POST /scripts/{name}</c>.</param>
/// <param name="Arguments">The signature of its function, as Python writes it.</param>
/// <param name="Documentation">Its docstring.</param>
internal sealed record ScriptDescription(string Name, string Arguments, string Documentation);
