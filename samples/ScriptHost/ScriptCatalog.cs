using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>The embedded scripts. They do not change while the host runs: it is the first callers that ask a worker.</summary>
internal sealed class ScriptCatalog(PythonWorkers workers)
{
    private static readonly PythonWorkerRequest Request = PythonWorkerRequest.Function($"{PythonModules.scripts.Name}:catalog");
    private volatile IReadOnlyList<ScriptDescription>? scripts;

    public async Task<IReadOnlyList<ScriptDescription>> List(CancellationToken cancellationToken) =>
        scripts ??= Read((await workers.RunAsync(Request, cancellationToken)).Value);

    private static ScriptDescription[] Read(object? catalog) =>
        [.. ((IReadOnlyList<object?>)catalog!).Cast<IReadOnlyDictionary<string, object?>>().Select(script =>
            new ScriptDescription((string)script["name"]!, (string)script["arguments"]!, (string)script["documentation"]!))];
}
