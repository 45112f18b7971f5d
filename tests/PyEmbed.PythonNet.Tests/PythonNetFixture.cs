using System.Text;
using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>
/// The bridge of the test process, started once, by the product's own discovery (so <c>PYEMBED_LIBRARY</c> chooses the CPython). The trees of the
/// test assembly and of the sample's assemblies are mounted by the build's list. What needs a process of its own runs in a <see cref="ScenarioHost"/>.
/// </summary>
[TestClass]
public sealed class PythonNetFixture
{
    private static readonly string Store = Path.Combine(Path.GetTempPath(), $"pyembed-pythonnet-tests-{Environment.ProcessId}");

    private static readonly Lazy<PythonNetBridge> Started = new(() =>
        PythonNetBridge.Start(new PythonOptions { ExtractionDirectory = Store, BytecodeCacheDirectory = "", Arguments = ["first", "second"] }));

    public static PythonNetBridge Bridge => Started.Value;

    public static PythonInterpreter Interpreter => Bridge.Interpreter;

    /// <summary>Mounts text files, as a tree of a name of its own.</summary>
    public static PythonMount Mount(string name, params (string Path, string Text)[] files) => Interpreter.Mount(Tree(name, files));

    /// <summary>A tree of text files.</summary>
    public static PythonTree Tree(string name, params (string Path, string Text)[] files) =>
        PythonTree.FromFiles(files.ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text)), name);

    /// <summary>pythonnet's GIL, after the bridge was started.</summary>
    public static Py.GILState Gil()
    {
        _ = Bridge;
        return Py.GIL();
    }

    [AssemblyCleanup]
    public static void Stop()
    {
        if (Started.IsValueCreated)
        {
            Bridge.Dispose();
        }

        if (Directory.Exists(Store))
        {
            Directory.Delete(Store, recursive: true);
        }
    }
}
