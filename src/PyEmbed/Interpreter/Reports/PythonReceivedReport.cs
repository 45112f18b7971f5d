namespace PyEmbed;

/// <summary>What this system has received in bundles, and which of their requirements it meets. Where the next bundle for it is made it tells what need not travel.</summary>
/// <param name="Modules">Each module of the bundles that are mounted, with the SHA-256 of its source in 64 hex digits; empty for a namespace package, which has none.</param>
/// <param name="Data">The identifiers of their data, each with the SHA-256 of its bytes.</param>
/// <param name="Requirements">The requirements of modules, from bundles and of <see cref="PythonInterpreter.Require"/>, each with whether it is met now.</param>
/// <param name="Json">All of it, and what CPython and which standard modules are here, for <see cref="PythonBundleOptions.Report"/> on the other side.</param>
public sealed record PythonReceivedReport(
    IReadOnlyDictionary<string, string> Modules,
    IReadOnlyDictionary<string, string> Data,
    IReadOnlyList<PythonModuleRequirementReport> Requirements,
    string Json);
