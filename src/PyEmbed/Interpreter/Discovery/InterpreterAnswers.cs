using System.Runtime.InteropServices;

namespace PyEmbed.Discovery;

/// <summary>What an interpreter said about itself.</summary>
internal sealed class InterpreterAnswers
{
    private readonly Dictionary<string, string> _values;

    private InterpreterAnswers(Dictionary<string, string> values, Version version)
    {
        _values = values;
        Version = version;
    }

    public Version Version { get; }

    public string Executable => this["executable"];

    public string BasePrefix => this["base_prefix"];

    private string this[string key] => _values.GetValueOrDefault(key, "");

    /// <summary>Reads the probe's lines; null if the essential ones are missing.</summary>
    public static InterpreterAnswers? Parse(string output, string marker)
    {
        Dictionary<string, string> values = [];
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.TrimEnd('\r').Split('\t', 3);
            if (fields.Length == 3 && fields[0] == marker)
            {
                values[fields[1]] = fields[2];
            }
        }

        return Version.TryParse(values.GetValueOrDefault("version"), out Version? version) && values.ContainsKey("base_prefix")
            ? new InterpreterAnswers(values, version)
            : null;
    }

    /// <summary>Why this interpreter's CPython cannot be used, or null.</summary>
    public string? Refusal(Architecture process)
    {
        bool is64 = process is not (Architecture.X86 or Architecture.Arm);
        return this["implementation"] != "cpython" ? $"it is {this["implementation"]}, not CPython"
            : Version.Major != 3 ? $"Python {Version} is not Python 3"
            : this["bits"] != (is64 ? "64" : "32") ? $"it is a {this["bits"]}-bit build, but this process is {process}"
            : new LibraryName(Version.Minor, this["free_threaded"] == "1", this["debug"] == "1").Refusal;
    }

    /// <summary>Where its shared library may lie, the likeliest first. A static build names an archive (<c>libpython3.X.a</c>), which is left out.</summary>
    public IEnumerable<string> Libraries(DiscoveryPlatform platform)
    {
        if (platform.IsWindows)
        {
            yield return Path.Combine(BasePrefix, platform.LibraryFile(Version.Minor));
            yield break;
        }

        if (this["PYTHONFRAMEWORKPREFIX"] is { Length: > 0 } framework)
        {
            yield return Path.Combine(framework, this["LDLIBRARY"]);
        }

        string[] names = [this["INSTSONAME"], this["LDLIBRARY"], platform.LibraryFile(Version.Minor)];
        string[] folders =
        [
            this["LIBDIR"], this["LIBDIR"] + this["multiarchsubdir"], this["LIBPL"],
            Path.Combine(BasePrefix, "lib"), Path.Combine(BasePrefix, "lib64"), .. platform.LoaderFolders,
        ];
        foreach (string folder in folders)
        {
            foreach (string name in names)
            {
                if (folder.Length > 0 && name.Length > 0 && !name.EndsWith(".a", StringComparison.Ordinal))
                {
                    yield return Path.Combine(folder, name);
                }
            }
        }
    }
}
