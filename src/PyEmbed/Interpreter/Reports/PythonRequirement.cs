namespace PyEmbed;

/// <summary>A requirement that an embedded tree declares, against what the interpreter finds on <c>sys.path</c>.</summary>
/// <param name="Distribution">The tree that requires it.</param>
/// <param name="Requirement">The requirement as declared (PEP 508), such as <c>requests&gt;=2.28</c>.</param>
/// <param name="IsMet">Whether it is met, or does not apply here (its environment marker is false).</param>
/// <param name="InstalledVersion">Version of the distribution found; null if none is.</param>
/// <param name="Problem">Why it is not met; null if it is.</param>
public sealed record PythonRequirement(string Distribution, string Requirement, bool IsMet, string? InstalledVersion, string? Problem);
