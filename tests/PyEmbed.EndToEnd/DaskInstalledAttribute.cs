using System.Diagnostics;

namespace PyEmbed.EndToEnd;

/// <summary>Runs a test only where a Python on PATH has Dask's <c>distributed</c>; elsewhere it is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DaskInstalledAttribute : ConditionBaseAttribute
{
    private static readonly Lazy<string?> s_folder = new(Find);

    public DaskInstalledAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "no python3 on PATH has distributed (Debian: apt-get install python3-distributed)";

    /// <summary>The folder of PATH whose <c>python3</c> has it; null where there is none.</summary>
    public static string? Folder => s_folder.Value;

    /// <inheritdoc />
    public override string GroupName => "dask";

    /// <inheritdoc />
    public override bool IsConditionMet => Folder is not null;

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "python3")) && HasDask(Path.Combine(folder, "python3")));

    private static bool HasDask(string python)
    {
        var start = new ProcessStartInfo(python, ["-I", "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('distributed') is None)"])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
