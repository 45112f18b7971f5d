namespace PyEmbed;

/// <summary>
/// What Python code may reach outside its own memory: <see cref="PythonOptions.Capabilities"/>. Nothing is granted unless it is named. An instance is
/// immutable, and holds for all Python code in the process as long as that lives: the host's own, that of libraries, and threads of either.
/// </summary>
/// <remarks>
/// <para>What is denied raises <c>PermissionError</c> in Python, or <c>ImportError</c> for a module that would reach it; each names the capability.
/// Enforced in C: by an audit hook (PEP 578), and in CPython's own functions where those raise no event. See docs/security.md for what that protects from.</para>
/// <para>Linux only: elsewhere <see cref="PythonInterpreter.Start"/> refuses capabilities.</para>
/// </remarks>
/// <example><code>
/// new PythonOptions { Capabilities = PythonCapabilities.None with { Read = ["/srv/data"], Network = ["api.example.com:443"] } }
/// </code></example>
public sealed record PythonCapabilities
{
    /// <summary>Nothing: no files but the standard library's, no network, no processes, no native code, no environment variables.</summary>
    public static PythonCapabilities None { get; } = new();

    /// <summary>
    /// Absolute paths of files and folders that may be read, listed and looked at, with all below them. Links are resolved, in these paths when Python starts, in
    /// the others at each use. <c>"/"</c> is everything but <c>/proc</c>, which must be named. Always readable: the standard library without
    /// <c>site-packages</c>, the folders on <c>sys.path</c> when Python starts, what PyEmbed extracts, its code cache, the system's time zones, and <c>/dev/null</c>.
    /// </summary>
    public IReadOnlyList<string> Read { get; init; } = [];

    /// <summary>
    /// Absolute paths of files and folders that may be written, created, renamed and removed, with all below them; that is not leave to read. Links may be removed, never made or renamed.
    /// Never writable: the standard library, what PyEmbed extracts, and its code cache.
    /// </summary>
    public IReadOnlyList<string> Write { get; init; } = [];

    /// <summary>
    /// <c>host:port</c> that may be connected to, sent to, or bound: a name, an address (<c>127.0.0.1:80</c>, <c>[::1]:80</c>) or <c>*</c>, and a port or <c>*</c>.
    /// A name stands for the addresses that Python looks up for it. Only TCP and UDP; no Unix or raw sockets. Any grant is leave for what the system keeps for reaching hosts: names of
    /// services and protocols, and its certificates, without which TLS contexts have none.
    /// </summary>
    public IReadOnlyList<string> Network { get; init; } = [];

    /// <summary>
    /// Whether other programs may be started, and processes and signals be controlled. A program that Python starts is not restricted, so this grants to hostile code all that the user may do.
    /// Forking is denied even so, as managed code must not run in a forked child.
    /// </summary>
    public bool Processes { get; init; }

    /// <summary>
    /// Whether extension modules outside the standard library, ctypes, code objects made by hand and bytecode of doubtful origin may be used. Native code is not restricted, so this grants
    /// to hostile code all that the user may do.
    /// </summary>
    public bool NativeCode { get; init; }

    /// <summary>Whether <c>os.environ</c> shows the variables of the process; otherwise it is empty.</summary>
    public bool Environment { get; init; }
}
