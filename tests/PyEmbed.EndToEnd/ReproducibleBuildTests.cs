using System.Text;

namespace PyEmbed.EndToEnd;

/// <summary>Clean builds in different places and circumstances give the same bytes.</summary>
[TestClass]
public class ReproducibleBuildTests
{
    private const int Modules = 250;

    [TestMethod]
    public void Two_clean_builds_in_different_folders_give_identical_assemblies()
    {
        // Without a map the compiler writes the place of the symbols into an assembly, with PyEmbed or not.
        const string Properties = "<OutputType>Exe</OutputType><PathMap>$(MSBuildProjectDirectory)=/_/</PathMap><PyEmbedEntryPoint>app.m000:main</PyEmbedEntryPoint><EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>";
        string[] names = [.. Enumerable.Range(0, Modules).Select(i => $"m{i:000}"), "I\u0131\u0130i", "\u00e4", "z"];
        var one = Build("one", Properties, names, new()
        {
            ["LANG"] = "C", ["TZ"] = "UTC", ["USER"] = "one", ["DOTNET_PROCESSOR_COUNT"] = "1", ["PYTHONHASHSEED"] = "1",
        });
        var other = Build("the other with a longer name", Properties, names.Reverse(), new()
        {
            ["LANG"] = "tr_TR.UTF-8", ["LC_ALL"] = "tr_TR.UTF-8", ["TZ"] = "Pacific/Kiritimati",
            ["USER"] = "other", ["DOTNET_PROCESSOR_COUNT"] = "4", ["PYTHONHASHSEED"] = "2", ["PYTHONOPTIMIZE"] = "2",
        });

        foreach (var file in new[] { "bin/Debug/net10.0/App.dll", "obj/Debug/net10.0/App.dll", "bin/Debug/net10.0/App.pdb" })
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(one.Folder, file)), File.ReadAllBytes(Path.Combine(other.Folder, file)), file);
        }

        // Also without the map nothing of PyEmbed's names the place.
        var made = Directory.EnumerateFiles(Path.Combine(one.Folder, "obj"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) == ".zip" || file.EndsWith(".g.cs", StringComparison.Ordinal)).ToArray();
        Assert.IsGreaterThanOrEqualTo(4, made.Length);
        foreach (var file in made)
        {
            Assert.AreEqual(-1, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(one.Folder)), file);
        }
    }

    private static TestProject Build(string folder, string properties, IEnumerable<string> names, Dictionary<string, string?> environment)
    {
        var app = new TestProject("App", Directory.CreateDirectory(Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName(), folder)).FullName)
            .WithProject(properties, """<PythonPackage Include="py" /><PythonPackage Include="other/**" Distribution="other" />""");
        foreach (var name in names)
        {
            app.With($"py/app/{name}.py", $"'''{name}'''\n\ndef main(x=None):\n    if x in {{'{name}', 'a', 'b', 'c'}}:\n        return __file__, {name.Length}\n    return lambda: [y for y in x if y == '{name}']\n")
                .With($"other/{name}/data.txt", name);
        }

        // A compiler of its own, as one that runs already has another environment.
        Shell.Run(app.Folder, ["dotnet", "build", "--nologo", "-tl:off", "-p:UseSharedCompilation=false"], environment).Succeeds();
        return app;
    }

    /// <summary>A clone is built as its release would be; of the package only what NuGet itself makes up may differ.</summary>
    [TestMethod]
    [ExtendedRun]
    public void PyEmbed_itself_is_the_same_from_two_clones()
    {
        var packages = new[] { "first", "a second clone" }.Select(name =>
        {
            var folder = Path.Combine(PackageFeed.Workspace, Path.GetRandomFileName(), name);
            Shell.Run(PackageFeed.RepositoryRoot, ["git", "clone", "--quiet", PackageFeed.RepositoryRoot, folder]).Succeeds();
            var target = Path.Combine(folder, "..", "packages");
            Shell.Run(folder, ["dotnet", "pack", "src/PyEmbed/PyEmbed.csproj", "-c", "Release", "-o", target, "--nologo"], new Dictionary<string, string?> { ["CI"] = "true" }).Succeeds();
            return Contents(Directory.GetFiles(target, "PyEmbed.*.nupkg").Single());
        }).ToArray();

        Assert.IsTrue(packages[0].ContainsKey("lib/net8.0/PyEmbed.dll"));
        CollectionAssert.AreEqual(packages[0].Keys.ToArray(), packages[1].Keys.ToArray());
        foreach (var (name, content) in packages[0])
        {
            CollectionAssert.AreEqual(content, packages[1][name], name);
        }
    }

    private static SortedDictionary<string, byte[]> Contents(string package)
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(package);
        var contents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries.Where(entry => !entry.FullName.StartsWith("package/", StringComparison.Ordinal) && entry.FullName != "_rels/.rels"))
        {
            using var stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            contents.Add(entry.FullName, copy.ToArray());
        }

        return contents;
    }
}
