using System.Reflection;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Tests.References;

namespace PyEmbed.Tasks.Tests;

/// <summary>A project that has one thing wrong with it.</summary>
/// <param name="Id">What the build says.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Place">File and position, as <c>py/a.py(1,2)</c>; zeros where there is none.</param>
/// <param name="Project">The project file's body, whose items and properties the task gets.</param>
/// <param name="Files">Paths and contents.</param>
internal sealed record DiagnosticCase(string Id, string Severity, string Place, string Project, params (string Path, string Content)[] Files)
{
    // The body begins at the third line.
    private const string Py = "<ItemGroup>\n  <PythonPackage Include=\"py\" />\n</ItemGroup>";

    /// <summary>The page that the links lead to.</summary>
    public static string HelpPage { get; } = Path.Combine(
        typeof(DiagnosticCase).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "PyEmbedTargetsFolder").Value!,
        "../../../docs/diagnostics.md");

    /// <summary>Whether it leaves nothing to be embedded, so that no setting can turn it off.</summary>
    public bool Blocks { get; init; }

    /// <summary>What is done to the project's folder before the build.</summary>
    public Action<string>? Prepare { get; init; }

    /// <summary>The value of PATH.</summary>
    public string? SearchPath { get; init; }

    /// <summary>The language whose sources are generated from a manifest, instead of a build of trees.</summary>
    public string Language { get; init; } = "";

    /// <summary>Assemblies that the project references.</summary>
    public Func<TestAssemblies, string[]>? References { get; init; }

    /// <summary>A word of the message.</summary>
    public string Says { get; init; } = "";

    /// <summary>At least one for each id.</summary>
    public static IReadOnlyList<DiagnosticCase> All { get; } =
    [
        new("PYE1000", "error", "obj/PyEmbed.manifest(2,0)", "", ("obj/PyEmbed.manifest", "pyembed-manifest 1\nodd\n")) { Language = "VB" },
        new("PYE1001", "error", "py/a.py(2,5)", Py, ("py/a.py", "x = 1\ny = )\n")),
        new("PYE1001", "error", "py/a (1,2), b.py(1,11)", Py, ("py/a (1,2), b.py", "x = '🐍';\t)\n")),
        new("PYE1001", "warning", "../outside/a.py(1,5)", """<ItemGroup><PythonPackage Include="../outside" /></ItemGroup>""", ("../outside/a.py", "x = )\n")),
        new("PYE1002", "error", "py/a.py(2,0)", Py, ("py/a.py", "# coding: ascii\nx = 'ä'\n")),
        new("PYE1003", "error", "py/a.py(2,0)", Py, ("py/a.py", "x = 1\ny = '\0'\n")),
        new("PYE1004", "error", "py/a.py(0,0)", Py, ("py/a.py", ""), ("py/a/__init__.py", "")),
        new("PYE1004", "error", "two/a.py(0,0)", """<ItemGroup><PythonPackage Include="one" /><PythonPackage Include="two" /></ItemGroup>""", ("one/a.py", "1"), ("two/a.py", "2")) { Blocks = true },
        new("PYE1005", "error", "py/a.py(0,0)", Py, ("py/A.py", ""), ("py/a.py", "")),
        new("PYE1006", "warning", "py/json.py(0,0)", Py, ("py/json.py", "")),
        new("PYE1007", "error", "py/a.py(1,1)", Py, ("py/a.py", "from . import b\n")),
        new("PYE1008", "error", "App.csproj(3,12)", """<ItemGroup><PythonPackage Include="other" Root="py" /></ItemGroup>""", ("other/a.py", ""), ("py/b.py", "")) { Blocks = true },
        new("PYE1009", "error", "App.csproj(4,3)", "<ItemGroup>\n  <PythonPackage Include=\"nope\" />\n</ItemGroup>") { Blocks = true },
        new("PYE1009", "error", "App.csproj(4,3)", "<ItemGroup>\n  <PythonPackage Include=\"nope/**\" />\n</ItemGroup>") { Blocks = true },
        new("PYE1010", "error", "py/gone.py(0,0)", Py)
        {
            Blocks = true, Prepare = folder => File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "py")).FullName, "gone.py"), "nowhere"),
        },
        new("PYE1011", "error", "two/p/__init__.py(0,0)", """<ItemGroup><PythonPackage Include="one" /><PythonPackage Include="two" Distribution="two" /></ItemGroup>""", ("one/p/__init__.py", ""), ("two/p/__init__.py", "")),
        new("PYE1011", "error", "App.csproj(0,0)", Py, ("py/a.py", ""))
        {
            References = assemblies => [assemblies.Carrier("A", ("a", TestAssemblies.Archive("a", "m.py"))), assemblies.Carrier("B", ("b", TestAssemblies.Archive("b", "m.py", "n.py")))],
        },
        new("PYE1012", "warning", "App.csproj(0,0)", Py, ("py/a.py", "")) { SearchPath = "/nowhere" },
        new("PYE1013", "error", "App.csproj(5,3)", Py.Replace("</ItemGroup>", "  <PythonEntryPoint Include=\"a:nope\" />\n</ItemGroup>", StringComparison.Ordinal), ("py/a.py", "x = 1\n")),
        new("PYE1013", "warning", "App.csproj(3,16)", "<PropertyGroup><PyEmbedEntryPoint>b:main</PyEmbedEntryPoint></PropertyGroup>" + Py, ("py/a.py", "x = 1\n")),
        new("PYE1014", "error", "App.csproj(3,16)", "<PropertyGroup><PyEmbedPython>3.99</PyEmbedPython></PropertyGroup>" + Py, ("py/a.py", "")) { Blocks = true },
        new("PYE1014", "error", "App.csproj(3,16)", "<PropertyGroup><PyEmbedBytecode>perhaps</PyEmbedBytecode></PropertyGroup>" + Py, ("py/a.py", "")) { Blocks = true },
        new("PYE1014", "error", "App.csproj(3,12)", """<ItemGroup><PythonPackage Include="py" Materialize="Some" /></ItemGroup>""", ("py/a.py", "")) { Blocks = true },
        new("PYE1015", "error", "py/huge.bin(0,0)", Py) { Blocks = true, Prepare = folder => MakeHuge(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "py")).FullName, "huge.bin")) },
        new("PYE1016", "error", "App.csproj(3,12)", """<ItemGroup><PythonPackage Include="py" Distribution="größe" /></ItemGroup>""", ("py/a.py", "")) { Blocks = true },
        new("PYE1017", "error", "Broken.dll(0,0)", Py, ("py/a.py", "")) { References = assemblies => [assemblies.CarrierWithoutResource("Broken")] },
        new("PYE1018", "warning", "py/p/a.py(1,1)", Py, ("py/p/__init__.py", ""), ("py/p/a.py", "from .nope import x\n")) { Says = "'p.nope'" },
        new("PYE1018", "warning", "py/p/a.py(1,11)", Py, ("py/p/__init__.py", ""), ("py/p/a.py", "x = '🐍';\tfrom . import nope\n")) { Says = "'p.nope'" },
        new("PYE1018", "info", "../outside/p/a.py(1,1)", """<ItemGroup><PythonPackage Include="../outside" /></ItemGroup>""", ("../outside/p/__init__.py", ""), ("../outside/p/a.py", "from .nope import x\n")),
        new("PYE1019", "warning", "py/a.py(3,5)", Py, ("py/a.py", "import os, asyncio.events\ndef f():\n    import nope_really\n")) { Says = "'nope_really'" },
        new("PYE1019", "info", "../outside/a.py(1,1)", """<ItemGroup><PythonPackage Include="../outside" /></ItemGroup>""", ("../outside/a.py", "import nope_really\nimport nope_really.sub\n")),
        new("PYE1019", "warning", "py/a.py(2,1)", Py, ("py/a.py", "import os.path\nimport xml.nope\n")) { Says = "'xml' of the standard library" },
        new("PYE1020", "error", "App.csproj(5,3)", Py.Replace("</ItemGroup>", "  <PythonModuleRule Include=\"a\" Action=\"drop\" />\n</ItemGroup>", StringComparison.Ordinal), ("py/a.py", "")) { Blocks = true },
        new("PYE1021", "warning", "App.csproj(5,3)", Py.Replace("</ItemGroup>", "  <PythonModuleRule Include=\"b\" Action=\"exclude\" />\n</ItemGroup>", StringComparison.Ordinal), ("py/a.py", "")),
        new("PYE1022", "warning", "py/t-1.dist-info/entry_points.txt(2,0)", Py, ("py/t-1.dist-info/METADATA", "Name: t\nVersion: 1\n"), ("py/t-1.dist-info/entry_points.txt", "[console_scripts]\ntool = nope:main\n")),
        new("PYE1025", "warning", "py/a.py(1,2)", "<PropertyGroup><PyEmbedPython>python3;./other</PyEmbedPython></PropertyGroup>" + Py, ("py/a.py", "x = 1\n"))
        {
            Prepare = folder => MakeInterpreter(Path.Combine(folder, "other")), Says = "CPython 3.99 cannot compile it",
        },
        new("PYE1030", "warning", "App.csproj(3,12)", """<ItemGroup><PythonEntryPoint Include="a:f" /></ItemGroup>""", ("obj/PyEmbed.manifest", ManifestTextWriter.Write(BuildManifest.Empty with { EntryPoints = new([new("F", "a:f", "")]) }))) { Language = "VB" },
    ];

    public override string ToString() => $"{Id} {Place}";

    /// <summary>A CPython 3.99 that finds fault with all files, which all hold <c>x = 1</c>.</summary>
    private static void MakeInterpreter(string path)
    {
        const string Sha256 = "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4";
        File.WriteAllText(path, $"#!/bin/sh\nprintf 'python\\tcpython\\t3.99.0\\tcpython-399\\t\\tx\\nstdlib\\n'\nwhile read -r line; do printf 'sha256\\t{Sha256}\\nproblem\\tPYE1001\\t1\\t2\\t0\\t0\\tgone out of fashion\\nend\\n'; done\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private static void MakeHuge(string path)
    {
        // Takes no room on a disk that knows holes.
        using FileStream file = File.Create(path);
        file.SetLength((1L << 31) + 1);
    }
}
