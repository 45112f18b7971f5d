namespace PyEmbed.PythonNet.TestHost;

/// <summary>
/// Runs one named scenario, for tests of what only a whole process shows: who starts first, exit codes, flushed output.
/// <c>TestHost scenario arguments…</c>
/// </summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<string[], int>> Scenarios = new(StringComparer.Ordinal)
    {
        ["end"] = EndScenarios.Run,
        ["end-after-import-on-other-thread"] = EndScenarios.AfterImportOnOtherThread,
        ["atexit-calls-dotnet"] = EndScenarios.AtexitCallsDotNet,
        ["many-objects"] = EndScenarios.ManyObjects,
        ["busy-threads"] = EndScenarios.BusyThreads,
        ["start"] = StartScenarios.Import,
        ["hello"] = StartScenarios.Hello,
        ["shared"] = StartScenarios.Shared,
        ["twice"] = StartScenarios.Twice,
        ["not-initialized"] = StartScenarios.NotInitialized,
        ["after-shutdown"] = StartScenarios.AfterShutdown,
        ["after-dispose"] = StartScenarios.AfterDispose,
        ["namespace-first"] = StartScenarios.NamespaceFirst,
        ["library"] = StartScenarios.Library,
    };

    private static int Main(string[] arguments) =>
        Scenarios.TryGetValue(arguments[0], out Func<string[], int>? scenario)
            ? scenario(arguments[1..])
            : throw new ArgumentException($"There is no scenario '{arguments[0]}'.");
}
