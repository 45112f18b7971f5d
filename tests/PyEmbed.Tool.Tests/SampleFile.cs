namespace PyEmbed.Tool.Tests;

/// <summary>Files that several tests look into.</summary>
internal static class SampleFile
{
    /// <summary>Bytecode as it begins: of CPython 3.11, unchecked hash, a code object.</summary>
    public static readonly byte[] Bytecode = [0xa7, 0x0d, (byte)'\r', (byte)'\n', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe3, 0];

    /// <summary>A package with everything in it: a module, a sub-package, a namespace, native code, data, metadata, bytecode.</summary>
    public static readonly (string Path, byte[] Content)[] Files =
    [
        ("mypkg/__init__.py", ""u8.ToArray()),
        ("mypkg/core.py", "VALUE = 'é'\r\n"u8.ToArray()),
        ("mypkg/__pycache__/core.cpython-311.pyc", Bytecode),
        ("mypkg/_fast.cpython-311-x86_64-linux-gnu.so", [0x7f, (byte)'E', (byte)'L', (byte)'F', 0]),
        ("mypkg/sub/__init__.py", "import os\n"u8.ToArray()),
        ("mypkg/sub/data/table.csv", "1,2\n"u8.ToArray()),
        ("mypkg/ns/deep.py", "X = 1\n"u8.ToArray()),
        ("mypkg-1.0.dist-info/METADATA", "Name: mypkg\n"u8.ToArray()),
        ("single.py", "print('single')\n"u8.ToArray()),
    ];

    /// <summary>Writes <c>App.dll</c>, which embeds them, into a new folder.</summary>
    public static string Assembly(bool deflate = false) =>
        new SampleAssembly("App").With("mypkg", SampleAssembly.Archive("mypkg", Files, deflate)).Save(InstalledTool.NewFolder());

    /// <summary>Writes a zip file that holds them, changed by the caller, into a new folder.</summary>
    public static string Archive(Action<byte[]> change)
    {
        byte[] archive = SampleAssembly.Archive("mypkg", Files);
        change(archive);
        string path = Path.Combine(InstalledTool.NewFolder(), "mypkg.zip");
        File.WriteAllBytes(path, archive);
        return path;
    }
}
