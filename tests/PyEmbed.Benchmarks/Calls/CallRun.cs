using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace PyEmbed.Benchmarks.Calls;

/// <summary>BenchmarkDotNet's part: what is too short for a process of its own. All in this process, as CPython starts once in each.</summary>
internal static class CallRun
{
    /// <summary>Prints a line of JSON for each benchmark: its name, nanoseconds (median, quartiles, least) and bytes of managed memory a call.</summary>
    /// <returns>0; 1 where one failed, with BenchmarkDotNet's log on standard error.</returns>
    public static int Run(bool isShort)
    {
        string artifacts = Directory.CreateTempSubdirectory("pyembed-bench-").FullName;
        var log = new AccumulationLogger();
        Job job = (isShort ? Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(100)) : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(log).AddColumnProvider(DefaultColumnProviders.Instance)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.StopOnFirstError).WithArtifactsPath(artifacts);
        try
        {
            foreach (Type type in (Type[])[typeof(CallsToPython), typeof(CallsToCSharp), typeof(Exceptions)])
            {
                Summary summary = BenchmarkRunner.Run(type, config);
                if (summary.HasCriticalValidationErrors || summary.Reports.Length == 0 || summary.Reports.Any(report => !report.Success))
                {
                    Console.Error.WriteLine(log.GetLog());
                    return 1;
                }

                foreach (BenchmarkReport report in summary.Reports)
                {
                    Print(report);
                }
            }
        }
        finally
        {
            Directory.Delete(artifacts, recursive: true);
        }

        return 0;
    }

    private static void Print(BenchmarkReport report)
    {
        BenchmarkDotNet.Mathematics.Statistics nanoseconds = report.ResultStatistics!;
        long allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"name": "{{report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')}}", "median": {{nanoseconds.Median:F1}}, "quartiles": [{{nanoseconds.Q1:F1}}, {{nanoseconds.Q3:F1}}], "least": {{nanoseconds.Min:F1}}, "allocated": {{allocated}}}"""));
    }
}
