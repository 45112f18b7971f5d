namespace PyEmbed;

/// <summary>A requirement of a module in a <see cref="PythonReceivedReport"/>.</summary>
/// <param name="Module">The module.</param>
/// <param name="Kind"><c>system</c> or <c>modules</c>: what is asked.</param>
/// <param name="Name">The Python callable that is asked, <c>mypkg.checks:is_windows</c>.</param>
/// <param name="IsMet">Whether it is met.</param>
/// <param name="Problem">Why it could not be asked; null where it could.</param>
public sealed record PythonModuleRequirementReport(string Module, string Kind, string Name, bool IsMet, string? Problem);
