namespace PyEmbed;

/// <summary>What has to hold for a module to be imported. Each is the name of a Python callable without arguments, <c>module:function</c>, or null.</summary>
/// <param name="Module">The module.</param>
/// <param name="System">What is asked of the system.</param>
/// <param name="Modules">What is asked of the modules that are there.</param>
public sealed record PythonModuleRequirement(string Module, string? System, string? Modules);
