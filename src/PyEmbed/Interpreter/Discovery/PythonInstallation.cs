namespace PyEmbed.Discovery;

/// <summary>A CPython to start, as discovery found it.</summary>
/// <param name="Library">Path of the shared library, or a bare name that the dynamic loader resolves.</param>
/// <param name="Executable">The interpreter that goes with it; inside a virtual environment, the environment's. Null if none was found.</param>
/// <param name="Home">The prefix, where it was given or must be set; null where CPython computes it from the executable.</param>
/// <param name="VirtualEnvironment">Root of the virtual environment to start in, or null.</param>
internal sealed record PythonInstallation(string Library, string? Executable, string? Home, string? VirtualEnvironment);
