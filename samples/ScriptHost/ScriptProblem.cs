using System.Text.RegularExpressions;
using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>What a caller hears of a request that has failed: RFC 9457, with what Python has to say.</summary>
internal static partial class ScriptProblem
{
    public static IResult Of(PythonWorkerException error, TimeSpan duration, HttpResponse response) => Of(error.Kind, error.Message, response, duration, new()
    {
        ["error"] = Error(error.PythonType, error.PythonMessage, error.PythonTraceback),
        ["output"] = error.Output,
        ["standardError"] = error.Error,
        ["logs"] = error.Logs.Select(ScriptLog.Of),
    });

    /// <summary>The same of a script that ran in this process. What it has logged is in the host's log, and in no answer.</summary>
    public static IResult Of(PythonScriptException error, TimeSpan duration, HttpResponse response) => Of(PythonWorkerErrorKind.Raised, error.Message, response, duration, new()
    {
        ["error"] = Error(error.PythonType, error.PythonMessage, error.PythonTraceback),
        ["output"] = error.Output,
        ["standardError"] = error.Error,
    });

    /// <summary>A request that has failed without a word of Python's.</summary>
    public static IResult Of(PythonWorkerErrorKind kind, string detail, HttpResponse response, TimeSpan duration = default, Dictionary<string, object?>? more = null)
    {
        int status = Status(kind);
        if (status != StatusCodes.Status422UnprocessableEntity)
        {
            response.Headers.RetryAfter = "1";
        }

        return Results.Problem(detail, statusCode: status, title: Title(kind), extensions: new Dictionary<string, object?>(more ?? [])
        {
            ["kind"] = kind.ToString(),
            ["durationMs"] = duration.TotalMilliseconds,
        });
    }

    /// <summary>Gives the problems that the server itself finds a detail with a remedy.</summary>
    public static void Explain(ProblemDetailsContext context) => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
    {
        StatusCodes.Status400BadRequest => "The body cannot be read: post a JSON object, such as {\"source\": \"result = 6 * 7\"} or a script's arguments by name.",
        StatusCodes.Status404NotFound => "There is nothing here: the API is GET /scripts, POST /scripts/{name}, POST /run, GET /trusted and POST /trusted/{name}.",
        StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Path} takes {context.HttpContext.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this host takes: Kestrel:Limits:MaxRequestBodySize.",
        StatusCodes.Status415UnsupportedMediaType => "Send the header Content-Type: application/json.",
        _ => null,
    };

    // Folders of this machine are no caller's business.
    private static object Error(string? type, string? message, string? traceback) => new { type, message, traceback = traceback is null ? null : Folder().Replace(traceback, "$1") };

    [GeneratedRegex(@"^( +File "")[^""\n]*[/\\](?=[^""/\\\n]+"", line )", RegexOptions.Multiline)]
    private static partial Regex Folder();

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
