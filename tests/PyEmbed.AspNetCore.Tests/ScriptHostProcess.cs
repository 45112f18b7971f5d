using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The sample ScriptHost as a process of its own, on a free port, with a client for it.</summary>
internal sealed partial class ScriptHostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = [];
    private readonly Task<string> errors;

    private ScriptHostProcess(Process process, Uri address)
    {
        this.process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(120) };
        errors = process.StandardError.ReadToEndAsync();
        _ = Keep();
    }

    public HttpClient Client { get; }

    public int Id => process.Id;

    /// <summary>Starts the sample and waits until it listens.</summary>
    /// <param name="settings">Settings as the command line gives them: <c>--PyEmbed:Workers=4</c>.</param>
    public static async Task<ScriptHostProcess> Start(params string[] settings)
    {
        Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ScriptHost.dll"), "--urls", "http://127.0.0.1:0", .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return new ScriptHostProcess(process, new Uri(match.Groups[1].Value));
            }
        }

        Assert.Fail($"ScriptHost has ended before it listened: {await process.StandardError.ReadToEndAsync()}");
        throw new UnreachableException();
    }

    /// <summary>Posts JSON.</summary>
    /// <returns>The status code and the answer's JSON.</returns>
    public async Task<(int Status, JsonElement Answer)> Post(string path, object body, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await Client.PostAsJsonAsync(path, body, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
    }

    /// <summary>Posts a script.</summary>
    public Task<(int Status, JsonElement Answer)> Run(string source) => Post("run", new { source });

    /// <summary>Waits until its statistics have all these texts.</summary>
    public async Task Until(params string[] texts)
    {
        while (await Client.GetStringAsync("statistics") is var statistics && !Array.TrueForAll(texts, text => statistics.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until it has logged a text so many times.</summary>
    public async Task Logged(string text, int times = 1)
    {
        while (output.Count(line => line.Contains(text, StringComparison.Ordinal)) < times)
        {
            Assert.IsFalse(process.HasExited, $"ScriptHost has ended without logging '{text}'.");
            await Task.Delay(10);
        }
    }

    /// <summary>Asks it to stop, as a service manager does, and waits until it has.</summary>
    /// <returns>Its exit code, and what it wrote to standard error.</returns>
    public async Task<(int ExitCode, string Errors)> Stop()
    {
        // The shell's own kill: a bare system has no program of that name.
        using (Process kill = Process.Start("sh", ["-c", $"kill -TERM {Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Client.Dispose();
        process.Dispose();
    }

    // All of it, so that it never waits for a reader.
    private async Task Keep()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            output.Enqueue(line);
        }
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}
