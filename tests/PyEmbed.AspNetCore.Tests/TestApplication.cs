using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>An application on a free port of its own, with the settings of a test.</summary>
internal static class TestApplication
{
    /// <summary>An application that has not started.</summary>
    /// <param name="settings">Keys and values of the section <c>PyEmbed</c>.</param>
    /// <param name="more">What else the test sets up.</param>
    public static WebApplication Build(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? more = null)
    {
        // Not the folder of the tests, where the sample's settings lie; and nothing is to be watched for changes.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath(), Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => $"PyEmbed:{setting.Key}", setting => setting.Value));
        builder.Services.AddPyEmbed(builder.Configuration.GetSection("PyEmbed"));
        builder.Services.AddHealthChecks().AddPyEmbed();
        more?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>An application that runs.</summary>
    public static async Task<WebApplication> Start(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? more = null)
    {
        WebApplication application = Build(settings, more);
        await application.StartAsync();
        return application;
    }

    public static PythonWorkers Workers(this IHost host) => host.Services.GetRequiredService<PythonWorkers>();

    /// <summary>Runs a script.</summary>
    public static Task<PythonWorkerResult> RunScript(this IHost host, string source, string name = "script", CancellationToken cancellationToken = default) =>
        host.Workers().RunAsync(PythonWorkerRequest.Script(source, name), cancellationToken);

    /// <summary>Waits until so many requests run and wait.</summary>
    public static async Task Until(this IHost host, int running, int queued)
    {
        while (host.Workers().Statistics is var statistics && (statistics.Running != running || statistics.Queued != queued))
        {
            await Task.Delay(10);
        }
    }
}
