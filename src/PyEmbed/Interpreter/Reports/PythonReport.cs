namespace PyEmbed;

/// <summary>The state of the interpreter at one moment, from <see cref="PythonInterpreter.Describe"/>.</summary>
/// <param name="PythonVersion">CPython's version, such as 3.11.2.</param>
/// <param name="Library">The shared library that was loaded; null where another host started CPython.</param>
/// <param name="Executable"><c>sys.executable</c>, or null where there is none.</param>
/// <param name="Mounts">The mounted trees, PyEmbed's own among them, in mount order.</param>
/// <param name="NativeModules">The modules of <see cref="PythonOptions.NativeModules"/> and, once built, their submodules, by name.</param>
/// <param name="Modules">The modules in <c>sys.modules</c>, each with its origin, sorted by name.</param>
/// <param name="ExtractedFiles">Paths of the embedded files that this process needed on disk.</param>
/// <param name="ShadowedNames">Top-level modules that the search path has twice, where a mounted tree is on either side.</param>
/// <param name="Requirements">The requirements that the mounted trees declare, each with what is installed.</param>
/// <param name="Received">What came in bundles, for those who make the next one.</param>
public sealed record PythonReport(
    Version PythonVersion,
    string? Library,
    string? Executable,
    IReadOnlyList<PythonMountReport> Mounts,
    IReadOnlyList<PythonNativeModuleReport> NativeModules,
    IReadOnlyList<PythonModuleReport> Modules,
    IReadOnlyList<string> ExtractedFiles,
    IReadOnlyList<PythonShadowedName> ShadowedNames,
    IReadOnlyList<PythonRequirement> Requirements,
    PythonReceivedReport Received);
