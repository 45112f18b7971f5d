using System.Text;
using PyEmbed;

namespace RestrictedHost;

/// <summary>The two ways to set up an interpreter that docs/modules.md shows.</summary>
internal static class Configurations
{
    /// <summary>A game that runs its players' scripts: no file system, modules from memory, two names that may be imported.</summary>
    public static PythonOptions Restricted()
    {
        var options = new PythonOptions
        {
            FileSystem = false,
            Mounts =
            [
                Tree("mygame", new()
                {
                    ["mygame/__init__.py"] = "# init...",
                    ["mygame/core/__init__.py"] = "# core init",
                    ["mygame/core/player.py"] = """
                        from roblox import players


                        def greet():
                            return f"{players()[0]} joins"
                        """,
                }),
            ],
            Policy = PythonPolicy.Restricted with { Allow = ["roblox", "mygame"] },
        };
        options.NativeModules.Add("roblox", module => module.AddFunction("players", () => new List<string> { "Ada", "Bob" }));
        return options;
    }

    /// <summary>A desktop program with scripts on disk, and a native module that reads files.</summary>
    public static PythonOptions Desktop(string scripts)
    {
        var options = new PythonOptions
        {
            FileSystem = true,
            SearchPaths = [scripts],
            Policy = PythonPolicy.Desktop with { Allow = ["*"] },
        };
        options.NativeModules.Add("fs", module => module.AddFunction("read", (string path) => File.ReadAllText(path)));
        return options;
    }

    private static PythonTree Tree(string name, Dictionary<string, string> files) =>
        PythonTree.FromFiles(files.ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Value)), name);
}
