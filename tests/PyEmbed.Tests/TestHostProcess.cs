using System.Diagnostics;
using System.Text;

namespace PyEmbed.Tests;

/// <summary>A run of tests/PyEmbed.TestHost: one scenario in a process of its own.</summary>
/// <param name="ExitCode">The exit code; 128 + n if signal n ended the process.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record TestHostProcess(int ExitCode, string Output, string Error)
{
    // Only what hangs is there so long, also where much else runs on the machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The test host's executable, which the build puts beside the tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "PyEmbed.TestHost.exe" : "PyEmbed.TestHost");

    /// <summary>Runs a scenario to its end.</summary>
    public static TestHostProcess Run(string scenario, params string[] arguments) => Run(new Dictionary<string, string?>(), scenario, arguments);

    /// <summary>Runs a scenario with other environment variables (null: none).</summary>
    public static TestHostProcess Run(IReadOnlyDictionary<string, string?> variables, string scenario, params string[] arguments) =>
        RunProgram(variables, Executable, [scenario, .. arguments]);

    /// <summary>Runs any program to its end.</summary>
    public static TestHostProcess RunProgram(IReadOnlyDictionary<string, string?> variables, string program, params string[] arguments)
    {
        using Process process = Start(variables, program, arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {Limit}. Output:\n{output.Result}\nError:\n{error.Result}");
        }

        return new TestHostProcess(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(IReadOnlyDictionary<string, string?> variables, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public override string ToString() => $"exit code {ExitCode}\noutput:\n{Output}\nerror:\n{Error}";
}
