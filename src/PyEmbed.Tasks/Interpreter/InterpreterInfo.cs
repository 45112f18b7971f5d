namespace PyEmbed.Tasks.Interpreter;

/// <summary>What a started interpreter says about itself.</summary>
/// <param name="Version">Such as <c>3.11.7</c>.</param>
/// <param name="CacheTag">Such as <c>cpython-311</c>: part of the names of its bytecode files.</param>
/// <param name="Executable">Itself, also where it was started through a link or a script.</param>
/// <param name="Build">What its answers depend on: version, build and the magic number of its bytecode.</param>
/// <param name="StandardLibrary">The names of its top-level modules.</param>
internal sealed record InterpreterInfo(string Version, string CacheTag, string Executable, string Build, IReadOnlyList<string> StandardLibrary)
{
    /// <summary>Such as <c>3.11</c>.</summary>
    public PythonMinor Minor { get; } = PythonMinor.Parse(Version.Substring(0, Version.LastIndexOf('.')));
}
