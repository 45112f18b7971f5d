using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks;

/// <summary>What becomes of sources, as the project's properties say it.</summary>
internal sealed record CompileSettings
{
    /// <summary>Whether there is to be bytecode at all.</summary>
    public bool WantsBytecode { get; init; }

    /// <summary>The versions that bytecode is made for; empty for those of the interpreters that the project names.</summary>
    public IReadOnlyList<PythonMinor> Minors { get; init; } = [];

    /// <summary>Whether <see cref="Minors"/> are all that might be found, of which those that are count.</summary>
    public bool TakesFound { get; init; }

    /// <summary>The optimisation level of bytecode, 0 to 2.</summary>
    public int Optimize { get; init; }

    /// <summary>Whether sources are left out where bytecode stands for them.</summary>
    public bool Strips { get; init; }

    /// <summary>Whether entries are deflated where that pays.</summary>
    public bool Deflates { get; init; }

    /// <summary>Reads the properties; what cannot be read is a blocking problem.</summary>
    public static CompileSettings Read(CollectOptions options, ProblemList problems)
    {
        var settings = new CompileSettings
        {
            Optimize = Choose("PyEmbedOptimize", options.Optimize, ["0", "1", "2"]),
            Strips = Choose("PyEmbedSource", options.Source, ["Include", "Strip"]) == 1,
            Deflates = Choose("PyEmbedCompression", options.Compression, ["None", "Deflate"]) == 1,
        };
        settings = ReadBytecode(settings, options.Bytecode.Trim(), Refuse);
        if (settings.Strips && !settings.WantsBytecode && problems.Blocking.Count == 0)
        {
            Refuse($"PyEmbedSource '{options.Source}' leaves only bytecode, and PyEmbedBytecode is '{options.Bytecode}'; leave one of them away.");
        }

        return settings;

        int Choose(string property, string value, string[] values)
        {
            int index = value.Length == 0 ? 0 : Array.FindIndex(values, known => known.Equals(value, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                Refuse($"{property} '{value}' is none of {string.Join(", ", values)}.");
            }

            return index;
        }

        void Refuse(string message) => problems.BlockValue(options.ProjectFile, message);
    }

    private static CompileSettings ReadBytecode(CompileSettings settings, string value, Action<string> refuse)
    {
        switch (value.ToLowerInvariant())
        {
            case "" or "auto":
                return settings with { WantsBytecode = true };
            case "none":
                return settings;
            case "found":
                return settings with { WantsBytecode = true, TakesFound = true, Minors = PythonMinor.LookedFor };
        }

        var minors = new SortedSet<PythonMinor>();
        foreach (string item in value.Split(';').Select(item => item.Trim()).Where(item => item.Length > 0))
        {
            if (!PythonMinor.TryParse(item, out PythonMinor minor))
            {
                refuse($"PyEmbedBytecode '{value}' is none of auto, none, found, nor a list of versions such as 3.11;3.12.");
                return settings;
            }

            if (minor.CompareTo(PythonMinor.Oldest) < 0)
            {
                refuse($"PyEmbedBytecode '{value}' names CPython {minor}; {PythonMinor.Oldest} or newer is needed.");
                return settings;
            }

            minors.Add(minor);
        }

        if (minors.Count == 0)
        {
            refuse($"PyEmbedBytecode '{value}' is a list without a version. Name one, such as 3.11, or leave it away.");
        }

        return settings with { WantsBytecode = true, Minors = minors.ToList() };
    }
}
