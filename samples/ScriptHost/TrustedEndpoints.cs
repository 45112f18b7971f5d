using System.Text.Json;
using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>The scripts of the host's own, in its own process. A caller gives variables, and no code.</summary>
internal static class TrustedEndpoints
{
    public static void MapTrusted(this WebApplication app)
    {
        app.MapGet("/trusted", () => TrustedScripts.Names);
        app.MapPost("/trusted/{name}", async (string name, Dictionary<string, JsonElement> variables, TrustedScripts trusted, PythonScripts scripts, HttpContext context) =>
            trusted.Find(name) is { } script
                ? await Run(scripts, script, variables.ToDictionary(variable => variable.Key, variable => (object?)variable.Value), context)
                : Results.Problem($"There is no script '{name}'; GET /trusted lists them.", statusCode: StatusCodes.Status404NotFound));
    }

    private static async Task<IResult> Run(PythonScripts scripts, PythonScript script, Dictionary<string, object?> variables, HttpContext context)
    {
        try
        {
            PythonScriptResult result = await scripts.RunAsync(script, variables, context.RequestAborted);
            return Results.Ok(new { result.Value, result.Output, result.Error, DurationMs = result.Duration.TotalMilliseconds });
        }
        catch (PythonScriptException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The script has failed", extensions: new Dictionary<string, object?>
            {
                ["kind"] = "Raised",
                ["error"] = new { type = e.PythonType, message = e.InnerException!.Message, traceback = e.PythonTraceback },
                ["output"] = e.Output,
                ["standardError"] = e.Error,
            });
        }
        catch (ArgumentException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest); // A name or value that JSON has and Python would not take.
        }
        catch (ObjectDisposedException e)
        {
            context.Response.Headers.RetryAfter = "1";
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The host is stopping");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty; // Nobody is left to hear it.
        }
    }
}
