using System.Text.RegularExpressions;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

/// <summary>What interpreters are asked for again, and what not.</summary>
[TestClass]
public sealed class CompileCacheTests : IDisposable
{
    private const int Modules = 300;

    private readonly TempFolder _folder = new();

    public CompileCacheTests()
    {
        for (int i = 0; i < Modules; i++)
        {
            _folder.Write($"project/py/pkg{i % 7}/m{i}.py", $"'''Number {i}.'''\nVALUE = {i}\n");
        }
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_touched_file_is_compiled_alone()
    {
        Assert.AreEqual(Modules, Run().Asked);

        _folder.Write("project/py/pkg3/m3.py", "VALUE = 'other'\n");
        Assert.AreEqual(1, Run().Asked);

        File.SetLastWriteTimeUtc(_folder["project/py/pkg3/m3.py"], DateTime.UtcNow.AddDays(1));
        Assert.AreEqual(0, Run().Asked, "the same content at another time");

        File.Move(_folder["project/py/pkg3/m3.py"], _folder["project/py/pkg3/renamed.py"]);
        Assert.AreEqual(1, Run().Asked, "its code objects carry its name");
    }

    [TestMethod]
    public void Other_configurations_and_clean_outputs_find_what_was_compiled()
    {
        Run();
        byte[] archive = Archive();

        Assert.AreEqual(0, Run("release").Asked);

        CollectionAssert.AreEqual(archive, Archive("release"));
        Assert.AreEqual(Modules, Run("release", new CollectOptions { Optimize = "1" }).Asked, "another level is other bytecode");
        Assert.AreEqual(Modules, Run("release", new CollectOptions { Bytecode = "none" }).Asked);
        Assert.AreEqual(0, Run("release", new CollectOptions { Optimize = "1" }).Asked);
    }

    [TestMethod]
    [DataRow("*.index", "cut")]
    [DataRow("*.index", "garbage")]
    [DataRow("*.index", "gone")]
    [DataRow("*.index", "flipped")]
    [DataRow("*.index", "hash")]
    [DataRow("*.index", "bytecode")]
    [DataRow("*.data", "cut")]
    [DataRow("*.data", "flipped")]
    [DataRow("*.data", "gone")]
    public void A_damaged_cache_is_an_empty_one(string files, string damage)
    {
        Run();
        byte[] archive = Archive();
        foreach (string file in Directory.GetFiles(_folder["cache"], files))
        {
            byte[] content = File.ReadAllBytes(file);
            switch (damage)
            {
                case "cut": File.WriteAllBytes(file, content[..(content.Length / 2)]); break;
                case "garbage": File.WriteAllText(file, string.Join('\n', File.ReadLines(file).Take(3)) + "\ngarbage\n"); break;
                case "gone": File.Delete(file); break;
                case "hash": Replace(file, "\nsha256\t[0-9a-f]{4}", "\nsha256\tffff"); break;
                case "bytecode": Replace(file, "\nbytecode\t[^\n]*", Regex.Match(File.ReadAllText(file), "\nbytecode\t[^\n]*").Value); break;
                default:
                    content[content.Length / 2] ^= 1;
                    File.WriteAllBytes(file, content);
                    break;
            }
        }

        Directory.Delete(_folder["obj"], recursive: true);

        Assert.AreEqual(Modules, Run().Asked);
        CollectionAssert.AreEqual(archive, Archive());
        Directory.Delete(_folder["obj"], recursive: true);
        Assert.AreEqual(0, Run().Asked, "the cache is whole again");
    }

    [TestMethod]
    public void Many_builds_leave_few_files_and_still_know_everything()
    {
        Run();
        for (int i = 0; i < 30; i++)
        {
            _folder.Write("project/py/pkg0/m0.py", $"VALUE = 'edit {i}'\n");
            Assert.AreEqual(1, Run().Asked);
        }

        byte[] archive = Archive();
        Assert.IsLessThan(60, Directory.GetFiles(_folder["cache"]).Length);
        Directory.Delete(_folder["obj"], recursive: true);
        Assert.AreEqual(0, Run().Asked);
        CollectionAssert.AreEqual(archive, Archive());
    }

    [TestMethod]
    public void Builds_at_the_same_time_compile_once()
    {
        string[] outputs = ["a", "b", "c", "d"];

        CollectResult[] results = Task.WhenAll(outputs.Select(output => Task.Run(() => Run(output)))).GetAwaiter().GetResult();

        Assert.AreEqual(Modules, results.Sum(result => result.Asked));
        foreach (string output in outputs)
        {
            CollectionAssert.AreEqual(Archive("a"), Archive(output));
        }
    }

    [TestMethod]
    public void A_build_that_waits_can_be_cancelled()
    {
        using IDisposable held = PyEmbed.Tasks.Output.CompileCache.Lock(_folder["cache"], CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task<CollectResult> build = Task.Run(() => new Collector(Options("obj", new CollectOptions()), TestPythons.SearchPath).Run(cancellation.Token));

        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => build.GetAwaiter().GetResult());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow(true)]
    [DataRow(false)]
    [Timeout(60_000)]
    public void A_folder_that_cannot_be_used_is_named_at_once(bool isLink)
    {
        if (isLink)
        {
            Directory.CreateDirectory(_folder["cache"]);
            File.CreateSymbolicLink(_folder["cache/lock"], _folder["nowhere/lock"]);
        }
        else
        {
            Directory.CreateDirectory(_folder["cache/lock"]);
        }

        IOException e = Assert.ThrowsExactly<IOException>(() => Run());

        StringAssert.Contains(e.Message, $"the cache of bytecode in '{_folder["cache"]}' cannot be used");
    }

    private static void Replace(string file, string pattern, string replacement) =>
        File.WriteAllText(file, Regex.Replace(File.ReadAllText(file), pattern, replacement));

    private CollectResult Run(string output = "obj", CollectOptions? options = null) =>
        new Collector(Options(output, options ?? new CollectOptions()), TestPythons.SearchPath).Run(CancellationToken.None);

    private CollectOptions Options(string output, CollectOptions options) => options with
    {
        ProjectDirectory = _folder["project"],
        ProjectFile = _folder["project/App.csproj"],
        OutputDirectory = _folder[output],
        CacheDirectory = _folder["cache"],
        AssemblyName = "App",
        Packages = [new PackageItem(_folder["project/py"])],
    };

    private byte[] Archive(string output = "obj") => File.ReadAllBytes(_folder[output + "/App.zip"]);
}
