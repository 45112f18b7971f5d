namespace PyEmbed.TestHost;

/// <summary>The ways in which a process that runs Python can end.</summary>
internal static class ExitScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["noop"] = _ => 0,
    };
}
