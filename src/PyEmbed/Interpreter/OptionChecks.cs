namespace PyEmbed;

/// <summary>Checks of options that more than one start can fail by.</summary>
internal static class OptionChecks
{
    /// <summary>Refuses what has no effect any more where another host has started CPython.</summary>
    /// <exception cref="InvalidOperationException">The options ask for what only a fresh start can give.</exception>
    public static void RefuseFresh(PythonOptions options)
    {
        string? refused = options.Library is not null ? nameof(options.Library)
            : options.Home is not null ? nameof(options.Home)
            : options.VirtualEnvironment is not null ? nameof(options.VirtualEnvironment)
            : options.Arguments.Count > 0 ? nameof(options.Arguments)
            : options.FileSystem == false ? nameof(options.FileSystem)
            : !options.Policy.IsTrusted || options.Policy.GuardsImports ? nameof(options.Policy)
            : null;
        if (refused is not null)
        {
            throw new InvalidOperationException(
                $"CPython runs in this process already, started by another host, so PythonOptions.{refused} has no effect any more: leave it out, or start PyEmbed first.");
        }
    }

    /// <summary>What is wrong with a number: its value and the remedy; null where nothing is.</summary>
    public static string? Number(long value, long least, long most = long.MaxValue) =>
        value >= least && value <= most ? null : $"is {value}: give {least}{(most == long.MaxValue ? " or more" : $" to {most}")}, or leave it out for the default.";

    /// <summary>The same of a time, which may be left out.</summary>
    public static string? Time(TimeSpan? value) => value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)) ? null
        : $"is {value}: give a time above zero and of a day at most, such as 00:00:05 for five seconds (in configuration, a number alone counts days), or leave it out for the default.";

    /// <summary>The absolute path of a folder that an option names, which need not exist.</summary>
    /// <exception cref="ArgumentException">It is no path, or that of a file.</exception>
    public static string AbsoluteFolder(string name, string place, string otherwise)
    {
        string option = $"{nameof(PythonOptions)}.{name}";
        if (string.IsNullOrWhiteSpace(place) || place.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{option} '{place.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path: name a folder, or {otherwise}.");
        }

        string path = Path.GetFullPath(place);
        return !File.Exists(path)
            ? path
            : throw new ArgumentException($"{option} '{path}' is a file: name a folder that only this user can write to, or one that does not exist yet.");
    }
}
