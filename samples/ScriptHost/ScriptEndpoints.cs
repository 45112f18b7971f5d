using System.Diagnostics;
using System.Text.Json;
using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>The API: which scripts there are, and two ways to run one.</summary>
internal static class ScriptEndpoints
{
    public static void MapScripts(this WebApplication app)
    {
        app.MapGet("/scripts", (ScriptCatalog catalog, HttpContext context) => Answer(async () => Results.Ok(await catalog.List(context.RequestAborted)), context));
        app.MapGet("/statistics", (PythonWorkers workers) => workers.Statistics);
        app.MapPost("/scripts/{name}", (string name, Dictionary<string, JsonElement> arguments, ScriptCatalog catalog, PythonWorkers workers, HttpContext context) => Answer(async () =>
        {
            if (!(await catalog.List(context.RequestAborted)).Any(script => script.Name == name))
            {
                return Results.Problem($"There is no script '{name}'; GET /scripts lists them.", statusCode: StatusCodes.Status404NotFound);
            }

            return await Run(workers, () => PythonWorkerRequest.Function($"{PythonModules.scripts.Name}.{name}:run", [], arguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value)), context);
        }, context));
        app.MapPost("/run", (PostedScript script, PythonWorkers workers, HttpContext context) => Answer(async () =>
        {
            if (script.Source is null)
            {
                return Results.Problem("The body has no 'source': post {\"source\": \"result = 6 * 7\"}.", statusCode: StatusCodes.Status400BadRequest);
            }

            return await Run(workers, () => PythonWorkerRequest.Script(script.Source, "posted script", script.Variables?.ToDictionary(variable => variable.Key, variable => (object?)variable.Value)) with { Input = script.Input }, context);
        }, context));
    }

    private static async Task<IResult> Run(PythonWorkers workers, Func<PythonWorkerRequest> request, HttpContext context)
    {
        try
        {
            return Results.Ok(ScriptAnswer.Of(await workers.RunAsync(request(), context.RequestAborted)));
        }
        catch (ArgumentException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest); // A name or value that JSON has and Python would not take.
        }
    }

    private static async Task<IResult> Answer(Func<Task<IResult>> handler, HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return await handler();
        }
        catch (PythonWorkerException e)
        {
            return ScriptProblem.Of(e, Stopwatch.GetElapsedTime(start), context.Response);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty; // Nobody is left to hear it.
        }
    }
}
