using System.Reflection.PortableExecutable;

namespace PyEmbed.EndToEnd;

/// <summary>Worker processes, and plain pythons, that import what published applications embed.</summary>
[TestClass]
public class WorkerTests
{
    private const string Program = """
        import concurrent.futures, multiprocessing, os, sys
        from pool import tasks

        class Job:
            def __init__(self, number): self.number = number

        def run(job):
            return tasks.work(job.number)

        if __name__ == '__main__':
            for method in 'spawn', 'forkserver', 'fork':
                with concurrent.futures.ProcessPoolExecutor(4, multiprocessing.get_context(method)) as executor:
                    results = list(executor.map(run, map(Job, range(8))))
                    assert [number for number, _, _ in results] == [n * n for n in range(8)]
                    assert all(place == tasks.__file__ and data == 'embedded' for _, place, data in results), results
                    try:
                        executor.submit(tasks.fail).result()
                    except LookupError as error:
                        assert '# shown in the host' in str(error.__cause__)
            print('all worked')
        """;

    private const string Tasks = """
        import os

        def work(number):
            with open(os.path.join(os.path.dirname(__file__), 'data.txt')) as file:
                return number * number, __file__, file.read()

        def fail():
            raise LookupError('no')     # shown in the host
        """;

    private static TestProject Pool() => new TestProject("Pool").WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>pool.program</PyEmbedEntryPoint>")
        .With("py/pool/__init__.py", "").With("py/pool/program.py", Program).With("py/pool/tasks.py", Tasks).With("py/pool/data.txt", "embedded");

    /// <summary>One row a form; the last column tells whether the executable holds the archives as they are.</summary>
    [TestMethod]
    [DataRow("", true)]
    [DataRow("-p:PublishSingleFile=true", true)]
    [DataRow("-p:PublishSingleFile=true -p:SelfContained=true -p:EnableCompressionInSingleFile=true", false)]
    public void Workers_of_a_published_application_import_its_trees(string form, bool readInPlace)
    {
        var published = Pool().Publish(["-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, .. form.Contains("SelfContained", StringComparison.Ordinal) ? Array.Empty<string>() : ["--self-contained", "false"], .. form.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Directory.Move(published, published + "-moved");
        var cache = Directory.CreateDirectory(published + "-cache").FullName;
        var application = Path.Combine(published + "-moved", "Pool");
        var environment = new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = cache, ["HOME"] = cache };

        Shell.Run("/", [application], environment).Succeeds().Prints("all worked");

        string[] archives = Directory.GetFiles(cache, "*.zip", SearchOption.AllDirectories);
        if (readInPlace)
        {
            Assert.IsEmpty(archives);
            return;
        }

        // The application's tree and PyEmbed's own; a second run makes no others.
        Assert.HasCount(2, archives);
        var written = Array.ConvertAll(archives, File.GetLastWriteTimeUtc);
        Shell.Run("/", [application], environment).Succeeds().Prints("all worked");
        CollectionAssert.AreEquivalent(archives, Directory.GetFiles(cache, "*.zip", SearchOption.AllDirectories));
        CollectionAssert.AreEqual(written, Array.ConvertAll(archives, File.GetLastWriteTimeUtc));
    }

    [TestMethod]
    public void The_wheel_lets_a_plain_python_run_what_an_assembly_embeds() =>
        RunWithTheWheel(Path.Combine(HelloPackageTests.PublishedAndMoved("Release", singleFile: false), "Hello.dll"));

    [TestMethod]
    public void The_wheel_reads_ReadyToRun_assemblies()
    {
        var project = new TestProject("Hello").WithProject().WithHelloPackage().With("Program.cs", "System.Console.WriteLine();");
        var target = Path.Combine(project.Folder, "out");
        var result = project.Dotnet("publish", "--nologo", "-o", target, "-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, "--self-contained", "false", "-p:PublishReadyToRun=true");
        if (result.Text.Contains("NU1101", StringComparison.Ordinal))
        {
            Assert.Inconclusive("The ReadyToRun compiler cannot be restored here.");
        }

        result.Succeeds();
        using (PEReader image = new(File.OpenRead(Path.Combine(target, "Hello.dll"))))
        {
            Assert.AreNotEqual(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size, "The publish left the assembly as it was.");
        }

        RunWithTheWheel(Path.Combine(target, "Hello.dll"));
    }

    private static void RunWithTheWheel(string assembly)
    {
        var wheel = Path.Combine(PackageFeed.RepositoryRoot, "artifacts", "packages", $"pyembed-{PackageFeed.Version}-py3-none-any.whl");
        var environment = new Dictionary<string, string?> { ["PYTHONPATH"] = wheel };
        Shell.Run("/", ["python3", "-c", $"import pyembed; pyembed.mount('{assembly}'); import mypkg.core; print(mypkg.core.process())"], environment)
            .Succeeds().Prints("Hello from utils processed");
        Shell.Run("/", ["python3", "-m", "pyembed", assembly, "-m", "mypkg.core"], environment).Succeeds();
        Shell.Run("/", ["python3", "-m", "pyembed", Path.Combine(Path.GetDirectoryName(assembly)!, "PyEmbed.dll"), "-m", "pyembed", "--help"], environment)
            .Succeeds().Says("SOURCE");
    }
}
