using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>Code of one assembly at work on a Dask cluster of real processes, which know nothing of it.</summary>
[TestClass]
public sealed partial class DaskClusterTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly string s_python = Path.Combine(DaskInstalledAttribute.Folder ?? "", "python3");
    private readonly List<Process> _processes = [];
    private DirectoryInfo _folder = null!;

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("pyembed-dask-");

    [TestCleanup]
    public void StopAll()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [TestMethod]
    [DaskInstalled]
    public void The_sample_uses_every_core_with_the_code_of_its_assembly()
    {
        var where = Path.Combine(_folder.FullName, "scheduler.json");
        StartDask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", where);
        StartDask("worker", "--scheduler-file", where, "--nthreads", "1", "--no-nanny", "--no-dashboard");
        StartDask("worker", "--scheduler-file", where, "--nthreads", "1", "--no-nanny", "--no-dashboard");

        var environment = new Dictionary<string, string?> { ["PATH"] = DaskInstalledAttribute.Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") };
        var address = WaitForAddress(where);
        var waits = $"from distributed import Client; Client('{address}').wait_for_workers(2, timeout={s_limit.TotalSeconds})";
        Shell.Run(_folder.FullName, [s_python, "-W", "ignore", "-c", waits]).Succeeds();

        var lines = Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/DaskCluster", "-c", "Release", "--", address, "20000"], environment)
            .Succeeds().Output.TrimEnd('\n').Split('\n');

        Assert.HasCount(3, lines);
        Assert.AreEqual("primes below 20000: 2262", lines[0]);
        Assert.AreEqual(8, Parts(lines[1]) + Parts(lines[2]));
    }

    /// <summary>How many of the parts a worker did; at least one.</summary>
    private static int Parts(string line)
    {
        var match = PartsOfWorker().Match(line);
        Assert.IsTrue(match.Success, line);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^tcp://127\.0\.0\.1:\d+, 1 cores: ([1-9]) of 8 parts$")]
    private static partial Regex PartsOfWorker();

    private void StartDask(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(s_python, ["-c", $"from distributed.cli.dask_{program} import main; main()", .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static string WaitForAddress(string file)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var document = JsonDocument.Parse(File.ReadAllText(file));
                return document.RootElement.GetProperty("address").GetString()!;
            }
            catch (Exception e) when (e is FileNotFoundException or JsonException && waited.Elapsed < s_limit)
            {
                Thread.Sleep(50); // Not there yet, or half written.
            }
        }
    }
}
