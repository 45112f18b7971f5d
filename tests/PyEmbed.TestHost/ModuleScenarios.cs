using System.Text;

namespace PyEmbed.TestHost;

/// <summary>Interpreters with the import systems that docs/modules.md describes.</summary>
internal static class ModuleScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["modules"] = Run,
        ["mounts"] = Mounts,
    };

    private static readonly (string Path, string Text)[] Game =
    [
        ("mygame/__init__.py", "from . import core\n"), ("mygame/core/__init__.py", ""),
        ("mygame/core/player.py", "from ..names import NAME\nimport mygame.core.rules\nclass Player:\n    def start(self): return NAME + ' starts'\n"),
        ("mygame/core/rules.py", "from . import player\ndef players(): return player.Player\n"),
        ("mygame/names.py", "NAME = 'Ada'\n"), ("mygame/level.txt", "one"),
        ("mygame/broken.py", "import mygame.names\nraise KeyError('broken')\n"), ("mygame/asks.py", "x = 1\nimport no_such_module\n"),
        ("colorsys.py", "shadow = 1\n"),
    ];

    /// <summary>
    /// <c>[name=value…] code</c>: executes code where the tree above is mounted. Values: <c>files=on|off</c>, <c>path=folder</c>, <c>venv=folder</c>, <c>store=folder</c>, <c>codes=folder</c>.
    /// </summary>
    private static int Run(string[] arguments)
    {
        try
        {
            using PythonInterpreter python = PythonInterpreter.Start(Options(arguments[..^1]));
            python.Execute(arguments[^1]);
            return 0;
        }
        catch (PythonException e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            if (e is PythonImportException import)
            {
                Console.WriteLine($"{import.Module}|{string.Join(", ", import.Origins)}|{import.Rule}|{import.ImportedBy?.Module} {import.ImportedBy?.Frame.Line}");
            }

            return 2;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            return 3;
        }
    }

    /// <summary><c>[name=value…] folder archive</c>: every kind of mount, put on, replaced, taken off and put on again while the interpreter runs.</summary>
    private static int Mounts(string[] arguments)
    {
        using PythonInterpreter python = PythonInterpreter.Start(Options(arguments[..^2]));
        string folder = arguments[^2], archive = arguments[^1];
        Dictionary<string, Func<PythonTree>> kinds = new()
        {
            ["of_folder"] = () => PythonTree.FromDirectory(folder),
            ["of_archive"] = () => PythonTree.FromArchive(archive),
            ["of_bytes"] = () => PythonTree.FromArchive(File.ReadAllBytes(archive).AsMemory()),
            ["of_files"] = () => Tree("files", ("of_files.py", "def value(): return 1\n")),
            ["pyembed"] = () => PythonTree.FromAssembly(typeof(PythonInterpreter).Assembly),
        };
        foreach ((string name, Func<PythonTree> tree) in kinds)
        {
            string module = name == "of_bytes" ? "of_archive" : name;
            using (PythonMount mount = python.Mount(tree()))
            {
                python.Import(module).Dispose();
                Console.WriteLine($"{name} {python.Describe().Modules.First(m => m.Name == module).Origin.Replace(folder, "FOLDER", StringComparison.Ordinal).Replace(archive, "ARCHIVE", StringComparison.Ordinal)}");
            }

            if (module == "pyembed")
            {
                continue;
            }

            python.Execute($"import sys; del sys.modules['{module}']");
            try
            {
                python.Import(module).Dispose();
                return 1;
            }
            catch (PythonImportException)
            {
                // It is off the path, as it must be.
            }
        }

        using PythonMount replaced = python.Mount(Tree("replaced", ("replaced/__init__.py", ""), ("replaced/a.py", "def value(): return 1\n")));
        using PythonObject a = python.Import("replaced.a");
        replaced.Replace(Tree("replaced", ("replaced/__init__.py", ""), ("replaced/a.py", "def value(): return 2\n"), ("replaced/b.py", "")));
        python.Import("replaced.b").Dispose();
        using PythonObject importlib = python.Import("importlib"), again = importlib.InvokeMethod("reload", a);
        Console.WriteLine($"replaced {again.InvokeMethod<int>("value")}");
        using PythonMount one = python.Mount(Tree("one", ("space/one.py", ""))), two = python.Mount(Tree("two", ("space/two.py", "")));
        python.Import("space.one").Dispose();
        python.Import("space.two").Dispose();
        Console.WriteLine($"namespace {python.Evaluate<int>("len(__import__('space').__path__)")}");
        return 0;
    }

    private static PythonOptions Options(string[] arguments)
    {
        string? Option(string name) => Array.Find(arguments, a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        return new PythonOptions
        {
            AutoMount = false,
            BytecodeCacheDirectory = Option("codes") ?? "",
            ExtractionDirectory = Option("store"),
            SearchPaths = Option("path") is { } path ? [path] : [],
            VirtualEnvironment = Option("venv"),
            FileSystem = Option("files") is { } files ? files == "on" : null,
            Mounts = [Tree("game", Game)],
        };
    }

    private static PythonTree Tree(string name, params (string Path, string Text)[] files) =>
        PythonTree.FromFiles(files.ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text)), name);
}
