using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace PyEmbed.EndToEnd;

/// <summary>The package's assembly and tasks as native code, for the systems that they were compiled for.</summary>
[TestClass]
public class NativeCodeTests
{
    private const string Packed = "runtimes/linux-x64/lib/net10.0/PyEmbed.dll";
    private const string PortableTasks = "tasks/netstandard2.0/PyEmbed.Tasks";
    private const string NativeTasks = "tasks/linux-x64/PyEmbed.Tasks";

    private const string Program = """
        using System.Runtime;
        using PyEmbed;
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        using var python = PythonInterpreter.Start();
        var compiled = JitInfo.GetCompiledMethodCount(currentThread: true) - before;
        Console.WriteLine($"{compiled} {Path.GetRelativePath(AppContext.BaseDirectory, typeof(PythonInterpreter).Assembly.Location).Replace('\\', '/')} {python.Evaluate<int>("6 * 7")}");
        """;

    /// <summary>Whether the package holds native code for this system.</summary>
    internal static bool IsPacked
    {
        get
        {
            using var package = ZipFile.OpenRead(Path.Combine(PackageFeed.Folder, $"PyEmbed.{PackageFeed.Version}.nupkg"));
            return package.GetEntry(Packed) is not null && IsLinux;
        }
    }

    // Not Alpine, whose identifiers lead elsewhere.
    private static bool IsLinux => RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux() && !HelloPackageTests.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
        && !HelloPackageTests.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);

    /// <summary>Whether an assembly has native code.</summary>
    internal static bool IsCompiled(string assembly)
    {
        using PEReader image = new(File.OpenRead(assembly));
        return image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size != 0;
    }

    [TestMethod]
    public void A_program_runs_the_native_code_and_leaves_little_to_the_jit_compiler()
    {
        if (!IsPacked)
        {
            Assert.Inconclusive("The package has no native code for this system: the ReadyToRun compiler cannot be restored here, or the system is another than 64-bit Linux on x64.");
        }

        var (methods, place, answer) = Start("net10.0");
        Assert.AreEqual(Packed, place);
        Assert.AreEqual("42", answer);

        // Without it there are some 250.
        Assert.IsLessThan(100, methods);
    }

    [TestMethod]
    public void A_program_for_an_older_framework_runs_the_portable_assembly()
    {
        var (_, place, answer) = Start("net8.0", "<RollForward>Major</RollForward>");
        Assert.AreEqual("PyEmbed.dll", place);
        Assert.AreEqual("42", answer);
    }

    /// <summary>The IL is that of the portable assembly, so whatever else is tested of that holds.</summary>
    [TestMethod]
    public void It_is_the_portable_assembly_compiled()
    {
        if (!IsPacked)
        {
            Assert.Inconclusive("The package has no native code for this system.");
        }

        using var package = ZipFile.OpenRead(Path.Combine(PackageFeed.Folder, $"PyEmbed.{PackageFeed.Version}.nupkg"));
        Assert.AreEqual(IdOf(package, "lib/net8.0/PyEmbed.dll"), IdOf(package, Packed));
        Assert.AreEqual(IdOf(package, $"{PortableTasks}.dll"), IdOf(package, $"{NativeTasks}.dll"));
        var scripts = package.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".py", StringComparison.Ordinal)).ToArray();
        Assert.IsGreaterThan(4, scripts.Length);
        CollectionAssert.AreEqual(
            scripts.Where(name => name.StartsWith("tasks/netstandard2.0/", StringComparison.Ordinal)).Select(Path.GetFileName).ToArray(),
            scripts.Where(name => name.StartsWith("tasks/linux-x64/", StringComparison.Ordinal)).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void A_build_runs_the_native_code_of_the_tasks()
    {
        if (!IsPacked)
        {
            Assert.Inconclusive("The package has no native code for this system.");
        }

        var app = new TestProject("Tasks").WithProject().With("py/mod.py", "").With("Program.cs", "return;\n");
        app.Build().Succeeds();
        Assert.EndsWith($"/{NativeTasks}.dll", Path.GetFullPath(app.Dotnet("msbuild", "-getProperty:PyEmbedTasksAssembly").Succeeds().Output.Trim()));

        // What the JIT compiles all the same are generic methods of .NET over the tasks' types: some 15, and 300 where there is no native code.
        var compiled = Path.Combine(app.Folder, "compiled.txt");
        var environment = new Dictionary<string, string?> { ["DOTNET_JitStdOutFile"] = compiled, ["DOTNET_JitDisasmSummary"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" };
        Shell.Run(app.Folder, ["dotnet", "build", "--no-restore", "--nologo", "-tl:off"], environment).Succeeds();
        var methods = File.ReadAllLines(compiled);
        Assert.IsNotEmpty(methods);
        Assert.IsLessThan(100, methods.Count(method => method.Contains(" PyEmbed.", StringComparison.Ordinal)));
    }

    private static Guid IdOf(ZipArchive package, string name)
    {
        using var content = package.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        copy.Position = 0;
        using var image = new PEReader(copy);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    private static (int Methods, string Place, string Answer) Start(string framework, string properties = "")
    {
        var app = new TestProject("Count").WithProject($"<OutputType>Exe</OutputType>{properties}", """<PythonPackage Include="py/**" />""").With("py/mod.py", "").With("Program.cs", Program);
        app.With(app.ProjectFile, File.ReadAllText(Path.Combine(app.Folder, app.ProjectFile)).Replace("net10.0", framework, StringComparison.Ordinal));
        app.Build().Succeeds();

        // The second start: discovery remembers the interpreter.
        string[] fields = [];
        for (var i = 0; i < 2; i++)
        {
            fields = app.Dotnet("run", "--no-build").Succeeds().Output.Trim().Split(' ');
        }

        return (int.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture), fields[1], fields[2]);
    }
}
