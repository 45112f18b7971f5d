using System.Diagnostics;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

/// <summary>A tree of 30,000 modules.</summary>
[TestClass]
public sealed class LargeTreeTests : IDisposable
{
    private const int Modules = 30_000;

    private readonly TempFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Builds_in_three_times_what_compileall_takes_and_in_less_than_a_gigabyte()
    {
        if (Environment.GetEnvironmentVariable("PYEMBED_TEST_ALL") is not "1")
        {
            Assert.Inconclusive("Takes minutes; PYEMBED_TEST_ALL=1 runs it.");
        }

        string text = string.Concat(Enumerable.Range(0, 12).Select(i => $"def function_{i}(argument, other=None):\n    '''Number {i}.'''\n    return [argument, other, {i}, 'text {i}']\n\n\n"));
        for (int i = 0; i < Modules; i++)
        {
            _folder.Write($"project/py/pkg{i / 100}/m{i}.py", text + $"VALUE = {i}\n");
        }

        var compileall = Stopwatch.StartNew();
        using (Process process = Process.Start(new ProcessStartInfo(TestPythons.Default, ["-m", "compileall", "-q", "-f", _folder["project/py"]]))!)
        {
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode);
        }

        compileall.Stop();
        var build = Stopwatch.StartNew();
        CollectResult result = Run();
        build.Stop();
        var again = Stopwatch.StartNew();
        Assert.IsTrue(Run().WasCurrent);
        again.Stop();
        using Process self = Process.GetCurrentProcess();
        TestContext.WriteLine($"compileall {compileall.Elapsed.TotalSeconds:F1} s, build {build.Elapsed.TotalSeconds:F1} s, nothing to do {again.Elapsed.TotalSeconds:F2} s, peak {self.PeakWorkingSet64 >> 20} MiB");

        Assert.AreEqual(Modules, result.Asked);
        Assert.IsLessThan(compileall.Elapsed * 3, build.Elapsed);
        Assert.IsLessThan(1L << 30, self.PeakWorkingSet64);
    }

    private CollectResult Run() => new Collector(
        new CollectOptions
        {
            ProjectDirectory = _folder["project"],
            ProjectFile = _folder["project/App.csproj"],
            OutputDirectory = _folder["obj"],
            CacheDirectory = _folder["cache"],
            AssemblyName = "App",
            Packages = [new PackageItem(_folder["project/py"])],
        },
        TestPythons.SearchPath).Run(CancellationToken.None);
}
