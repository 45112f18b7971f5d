using System.Collections.Concurrent;
using PyEmbed;
using PyEmbed.AspNetCore;

namespace ScriptHost;

/// <summary>The embedded scripts that run in this process, each compiled by the build and loaded once.</summary>
internal sealed class TrustedScripts(PythonScripts scripts)
{
    private static readonly Dictionary<string, string> Modules = new() { ["pi"] = PythonModules.trusted.pi.Name, ["interest"] = PythonModules.trusted.interest.Name };
    private readonly ConcurrentDictionary<string, PythonScript> loaded = new();

    public static IEnumerable<string> Names => Modules.Keys;

    /// <summary>A script, or null where there is none of that name.</summary>
    public PythonScript? Find(string name) =>
        Modules.TryGetValue(name, out string? module) ? loaded.GetOrAdd(name, _ => scripts.Interpreter.LoadScript(module)) : null;
}
