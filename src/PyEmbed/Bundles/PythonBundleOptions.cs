namespace PyEmbed;

/// <summary>What travels in a bundle, beside what its objects need by themselves (docs/bundles.md).</summary>
public sealed class PythonBundleOptions
{
    /// <summary>
    /// Rules, in their order: <c>exclude a.b</c>, <c>include a.b:f</c>, <c>recursive-exclude a</c>, <c>recursive-include a</c>, <c>exclude-dependencies a</c>, <c>exclude-all</c>,
    /// <c>include-all</c>. The last that matches decides.
    /// </summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>
    /// Modules by the files of their sources: <c>mypkg.win</c> to <c>/src/mypkg/win.py</c>; a file <c>__init__.py</c> makes a package. They travel whether or not they can be
    /// imported here, and in place of those that could.
    /// </summary>
    public IReadOnlyDictionary<string, string> Sources { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What the other side has: <see cref="PythonReceivedReport.Json"/> of its <see cref="PythonInterpreter.Describe"/>, or what <c>python3 -m pyembed report</c> prints. What is
    /// there already does not travel again. Null to send everything.
    /// </summary>
    public string? Report { get; init; }
}
