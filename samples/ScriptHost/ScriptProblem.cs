using PyEmbed;

namespace ScriptHost;

/// <summary>What a caller hears of a request that has failed: RFC 9457, with what Python has to say.</summary>
internal static class ScriptProblem
{
    public static IResult Of(PythonWorkerException error, TimeSpan duration, HttpResponse response)
    {
        int status = Status(error.Kind);
        if (status != StatusCodes.Status422UnprocessableEntity)
        {
            response.Headers.RetryAfter = "1";
        }

        return Results.Problem(error.Message, statusCode: status, title: Title(error.Kind), extensions: new Dictionary<string, object?>
        {
            ["kind"] = error.Kind.ToString(),
            ["error"] = new { type = error.PythonType, message = error.PythonMessage, traceback = error.PythonTraceback },
            ["output"] = error.Output,
            ["standardError"] = error.Error,
            ["logs"] = error.Logs.Select(ScriptLog.Of),
            ["durationMs"] = duration.TotalMilliseconds,
        });
    }

    /// <summary>Gives the problems that the server itself finds a detail with a remedy.</summary>
    public static void Explain(ProblemDetailsContext context) => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
    {
        StatusCodes.Status400BadRequest => "The body cannot be read: post a JSON object, such as {\"source\": \"result = 6 * 7\"} or a script's arguments by name.",
        StatusCodes.Status404NotFound => "There is nothing here: the API is GET /scripts, POST /scripts/{name} and POST /run.",
        StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Path} takes {context.HttpContext.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this host takes: Kestrel:Limits:MaxRequestBodySize.",
        StatusCodes.Status415UnsupportedMediaType => "Send the header Content-Type: application/json.",
        _ => null,
    };

    // What a script does to itself is never the server's error: to ask again would not help, and nobody's pager should ring for it.
    private static int Status(PythonWorkerErrorKind kind) => kind switch
    {
        PythonWorkerErrorKind.QueueFull => StatusCodes.Status429TooManyRequests,
        PythonWorkerErrorKind.QueueTime or PythonWorkerErrorKind.PoolStopped or PythonWorkerErrorKind.StartFailed => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    private static string Title(PythonWorkerErrorKind kind) => kind switch
    {
        PythonWorkerErrorKind.QueueFull => "Too many scripts wait already",
        PythonWorkerErrorKind.QueueTime => "No worker was free in time",
        PythonWorkerErrorKind.PoolStopped => "The host is stopping",
        PythonWorkerErrorKind.StartFailed => "No worker could be started",
        _ => "The script has failed",
    };
}
