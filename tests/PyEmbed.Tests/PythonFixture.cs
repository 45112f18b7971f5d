using System.Text;

namespace PyEmbed.Tests;

/// <summary>
/// The interpreter of the test process, started once, by the product's own discovery (so <c>PYEMBED_LIBRARY</c> chooses it). It extracts into a folder of its own.
/// What needs a process of its own runs in a <see cref="TestHostProcess"/>.
/// </summary>
[TestClass]
public sealed class PythonFixture
{
    private static readonly string Store = Path.Combine(Path.GetTempPath(), $"pyembed-tests-{Environment.ProcessId}");

    private static readonly Lazy<PythonInterpreter> Started = new(() =>
        PythonInterpreter.Start(new PythonOptions { AutoMount = false, ExtractionDirectory = Store, BytecodeCacheDirectory = "" }));

    public static PythonInterpreter Python => Started.Value;

    /// <summary>A tree of text files, each under a name of its own where <paramref name="name"/> is.</summary>
    public static PythonTree Tree(string name, params (string Path, string Text)[] files) =>
        PythonTree.FromFiles(files.ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text)), name);

    /// <summary>Mounts text files.</summary>
    public static PythonMount Mount(string name, params (string Path, string Text)[] files) => Python.Mount(Tree(name, files));

    [AssemblyCleanup]
    public static void Stop()
    {
        if (Started.IsValueCreated)
        {
            Python.Dispose();
        }

        if (Directory.Exists(Store))
        {
            Directory.Delete(Store, recursive: true);
        }
    }
}
