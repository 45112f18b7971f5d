using System.Diagnostics;

namespace PyEmbed.EndToEnd;

/// <summary>Runs child processes as a user's shell would, free of what the test runner left in the environment.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string?> s_ownCompiler = new() { ["UseSharedCompilation"] = "false" };

    /// <summary>Runs a program to its end.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="program">Program and arguments.</param>
    /// <param name="environment">Variables to set; a null value removes one.</param>
    public static ProcessResult Run(string folder, string[] program, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = Prepare(folder, program, environment);
        var command = string.Join(' ', program);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{command}' did not end within {Limit}.\n{output.Result}{error.Result}");
        }

        process.WaitForExit();
        return new ProcessResult(command, process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a program in a process group of its own and, at a moment of the caller's, kills all of that group at once.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="program">Program and arguments.</param>
    /// <param name="wait">Returns at that moment. It is given the process, which may end before.</param>
    public static void RunUntilKilled(string folder, string[] program, Action<Process> wait)
    {
        // setsid makes itself the leader of a new group before it becomes the program. The group's compiler is its own, to be killed with it.
        using var process = Process.Start(Prepare(folder, ["setsid", .. program], s_ownCompiler))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        wait(process);

        // Fails where all of the group has ended, which is as good.
        Run(folder, ["sh", "-c", $"kill -KILL -- -{process.Id}"]);
        if (!process.WaitForExit(Limit))
        {
            Assert.Fail($"'{string.Join(' ', program)}' outlived its killing.");
        }

        Task.WaitAll(output, error);
    }

    private static ProcessStartInfo Prepare(string folder, string[] program, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program[0], program[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsOfTheRunner).ToList())
        {
            start.Environment.Remove(inherited);
        }

        // Build servers would outlive the test and hold files of its folder. The compiler's own is the exception: it holds none,
        // is what a user's build runs, and saves half of the processor time of each build.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "true";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    private static bool IsOfTheRunner(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase) ||
        name is "DOTNET_HOST_PATH" or "DOTNET_CLI_TELEMETRY_SESSIONID";
}
