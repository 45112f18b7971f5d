using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>The scripts of the host's own, in its own process. A caller gives variables, and no code.</summary>
internal static class TrustedEndpoints
{
    private const string Limiter = "trusted";

    /// <summary>As many run as there are isolates, some more wait, and the rest is refused: the library has no limits of its own for code that it cannot stop.</summary>
    public static void AddTrusted(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddSingleton<TrustedScripts>();
        services.AddOptions<TrustedLimits>().Bind(settings)
            .Validate(limits => limits.Time > TimeSpan.Zero && limits.QueueLimit >= 0, $"{settings.Path}: give a Time above zero and a QueueLimit of 0 or more.")
            .ValidateOnStart();
        services.AddRateLimiter(limiter => limiter.OnRejected = (rejected, _) => new ValueTask(
            ScriptProblem.Of(PythonWorkerErrorKind.QueueFull, "All isolates are in use, and as many requests wait for one as may: ask again later.", rejected.HttpContext.Response).ExecuteAsync(rejected.HttpContext)));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<TrustedLimits>, IOptions<PyEmbedInProcessOptions>>((limiter, limits, scripts) => limiter.AddConcurrencyLimiter(Limiter, options =>
        {
            options.PermitLimit = scripts.Value.Isolates;
            options.QueueLimit = limits.Value.QueueLimit;
        }));
    }

    public static void MapTrusted(this WebApplication app)
    {
        app.MapGet("/trusted", () => TrustedScripts.Names);
        app.MapPost("/trusted/{name}", async (string name, Dictionary<string, JsonElement> variables, TrustedScripts trusted, HttpContext context) =>
            trusted.Find(name) is { } script
                ? await Run(script, variables.ToDictionary(variable => variable.Key, variable => (object?)variable.Value), context)
                : Results.Problem($"There is no script '{name}'; GET /trusted lists them.", statusCode: StatusCodes.Status404NotFound)).RequireRateLimiting(Limiter);
    }

    private static async Task<IResult> Run(PythonScript script, Dictionary<string, object?> variables, HttpContext context)
    {
        TimeSpan time = context.RequestServices.GetRequiredService<IOptions<TrustedLimits>>().Value.Time;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(time);
        long start = Stopwatch.GetTimestamp();
        try
        {
            return Answer(await context.RequestServices.GetRequiredService<PythonScripts>().RunAsync(script, variables, end.Token), context);
        }
        catch (PythonScriptException e)
        {
            return ScriptProblem.Of(e, Stopwatch.GetElapsedTime(start), context.Response);
        }
        catch (ArgumentException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest); // A name or value that JSON has and Python would not take.
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty; // Nobody is left to hear it.
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidCastException or InvalidOperationException)
        {
            (PythonWorkerErrorKind kind, string detail) = e switch
            {
                OperationCanceledException => (PythonWorkerErrorKind.TimeLimit, $"The script '{script.Name}' has not ended within {time.TotalSeconds} s, and was interrupted."),
                InvalidCastException => (PythonWorkerErrorKind.NoValue, e.Message),
                ObjectDisposedException => (PythonWorkerErrorKind.PoolStopped, e.Message),
                _ => (PythonWorkerErrorKind.StartFailed, e.Message),
            };
            return ScriptProblem.Of(kind, detail, context.Response, Stopwatch.GetElapsedTime(start));
        }
    }

    private static IResult Answer(PythonScriptResult result, HttpContext context)
    {
        JsonElement value;
        try
        {
            value = JsonSerializer.SerializeToElement(result.Value, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return ScriptProblem.Of(PythonWorkerErrorKind.NoValue, $"The result cannot be written as JSON: {e.Message}", context.Response, result.Duration); // Infinite, not a number, or nested too deep.
        }

        return Results.Ok(new { Value = value, result.Output, result.Error, DurationMs = result.Duration.TotalMilliseconds });
    }
}
