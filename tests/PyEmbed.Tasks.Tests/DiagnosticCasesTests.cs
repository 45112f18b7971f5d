using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using PyEmbed.Tasks.Tests.References;

namespace PyEmbed.Tasks.Tests;

/// <summary>Every diagnostic, as the tasks log it where no generator does.</summary>
[TestClass]
public sealed class DiagnosticCasesTests : IDisposable
{
    private const string ProjectFolder = "project";

    private readonly TempFolder _folder = new();
    private readonly TestAssemblies _assemblies = new();
    private readonly RecordingEngine _engine = new();

    public static IEnumerable<object[]> Indices => Enumerable.Range(0, DiagnosticCase.All.Count).Select(index => new object[] { index });

    public static string DisplayName(System.Reflection.MethodInfo method, object[] data) => $"{DiagnosticCase.All[(int)data[0]]}";

    public void Dispose()
    {
        _folder.Dispose();
        _assemblies.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Indices), DynamicDataDisplayName = nameof(DisplayName))]
    public void Each_has_its_severity_place_and_link_and_comes_again(int index)
    {
        DiagnosticCase one = DiagnosticCase.All[index];
        if (OperatingSystem.IsWindows() && one.Id is "PYE1005" or "PYE1010" or "PYE1025")
        {
            Assert.Inconclusive("Windows' file names ignore case, and links take a privilege there, and it has no shell.");
        }

        string project = _folder.Write($"{ProjectFolder}/App.csproj", $"<Project>\n  <PropertyGroup />\n{one.Project}\n</Project>\n");
        foreach ((string path, string content) in one.Files)
        {
            _folder.Write($"{ProjectFolder}/{path}", content);
        }

        one.Prepare?.Invoke(_folder[ProjectFolder]);
        string[] references = one.References?.Invoke(_assemblies) ?? [];
        string previousPath = Environment.GetEnvironmentVariable("PATH")!;
        string[] first;
        string[] second;
        try
        {
            Environment.SetEnvironmentVariable("PATH", one.SearchPath ?? previousPath);
            first = Build(one, project, references);
            second = Build(one, project, references);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", previousPath);
        }

        string file = one.Place[..one.Place.LastIndexOf('(')];
        string place = (file.EndsWith(".dll", StringComparison.Ordinal) ? Path.Combine(_assemblies.Folder, file) : Path.GetFullPath(_folder[$"{ProjectFolder}/{file}"]))
            + one.Place[one.Place.LastIndexOf('(')..];
        string link = one.Severity == "info" ? "" : $"{new Uri(Path.GetFullPath(DiagnosticCase.HelpPage)).AbsoluteUri}#{one.Id.ToLowerInvariant()}";
        Assert.AreEqual($"{place}: {one.Severity} {one.Id} {link}", string.Join('\n', first.Select(line => line[..line.IndexOf('\t', StringComparison.Ordinal)])));
        StringAssert.Contains(first[0], one.Says);
        CollectionAssert.AreEqual(first, second, "the next build says the same");
    }

    private string[] Build(DiagnosticCase one, string project, string[] references)
    {
        _engine.Clear();
        XElement root = XDocument.Load(project).Root!;
        ITaskItem[] Items(string name) => root.Descendants(name)
            .Where(item => !item.Attribute("Include")!.Value.Contains('*', StringComparison.Ordinal))
            .Select(item => (ITaskItem)new TaskItem(
                name == "PythonPackage" ? Path.GetFullPath(_folder[$"{ProjectFolder}/{item.Attribute("Include")!.Value}"]) : item.Attribute("Include")!.Value,
                item.Attributes().Where(attribute => attribute.Name != "Include").ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value)))
            .ToArray();
        string Property(string name) => root.Descendants(name).SingleOrDefault()?.Value ?? "";
        string page = Path.GetFullPath(DiagnosticCase.HelpPage);
        if (one.Language.Length > 0)
        {
            new GenerateLanguageSources
            {
                BuildEngine = _engine, Language = one.Language, ProjectFile = project, ManifestFile = "obj/PyEmbed.manifest", OutputDirectory = "obj", HelpPage = page,
            }.Execute();
            return _engine.Said();
        }

        var collect = new CollectPythonPackages
        {
            BuildEngine = _engine,
            ProjectDirectory = Path.GetDirectoryName(project)!,
            ProjectFile = project,
            OutputDirectory = "obj/",
            CacheDirectory = "obj/cache/",
            AssemblyName = "App",
            Packages = Items("PythonPackage"),
            Rules = Items("PythonModuleRule"),
            EntryPoints = Items("PythonEntryPoint"),
            Main = Property("PyEmbedEntryPoint"),
            Python = Property("PyEmbedPython"),
            Bytecode = Property("PyEmbedBytecode"),
            ScriptMethods = true,
            HelpPage = page,
            LogDiagnostics = true,
        };
        collect.Execute();
        Assert.AreEqual(one.Blocks, collect.Manifest is null, "whether it blocks");
        if (!one.Blocks)
        {
            new ResolveEmbeddedAssemblies
            {
                BuildEngine = _engine,
                References = [.. references.Select(reference => new TaskItem(reference))],
                OwnAssemblyName = "App",
                OwnTrees = collect.Archives,
                ProjectFile = project,
                ManifestFile = "obj/references/PyEmbed.manifest",
                StateFile = "obj/references/PyEmbed.state",
                ImportsFile = "obj/PyEmbed.imports",
                HelpPage = page,
                LogDiagnostics = true,
            }.Execute();
        }

        return _engine.Said();
    }
}
