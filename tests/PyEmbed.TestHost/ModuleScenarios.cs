using System.Text;

namespace PyEmbed.TestHost;

/// <summary>Interpreters with the import systems that docs/modules.md describes.</summary>
internal static class ModuleScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["modules"] = Run,
        ["mounts"] = Mounts,
        ["importers"] = Importers,
        ["bad-importer"] = BadImporter,
        ["documented-importers"] = DocumentedImporters,
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
    /// <c>[name=value…] code</c>: executes code where the tree above is mounted and there is a native module <c>host</c>. Values: <c>policy=profile</c>, <c>allow=names</c>, <c>deny=names</c>, <c>files=on|off</c>, <c>path=folder</c>, <c>venv=folder</c>, <c>store=folder</c>, <c>codes=folder</c>, <c>native=none</c>.
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

    /// <summary><c>[name=value…] code</c>: executes code where sources come from a function of the host and from a finder in Python, each of which prints what it is asked for.</summary>
    private static int Importers(string[] arguments)
    {
        int version = 0;
        PythonTree finding = Tree("finding", ("finding.py", "import importlib.util, threading\nasked = []\nclass Finder:\n    @staticmethod\n    def find_spec(name, path=None, target=None):\n        asked.append(name)\n"), ("mounted.py", ""));
        PythonOptions options = Options(
            arguments[..^1],
            [
                PythonImporter.FromSources("scripts", name => name switch
                {
                    "scripts" => new PythonModuleSource("", IsPackage: true),
                    "scripts.one" => new PythonModuleSource($"VERSION = {++version}\nclass One:\n    def fail(self):\n        raise KeyError('one')\n"),
                    "scripts.two" => new PythonModuleSource("from . import one\nfrom .one import VERSION", Origin: "db:/scripts/2"),
                    "scripts.bad" => throw new InvalidDataException("the store is damaged"),
                    "scripts.wrong" => new PythonModuleSource("x = (\n"),
                    "mygame" or "colorsys" or "host" or "errno" => new PythonModuleSource("who = 'importer'"),
                    _ => null,
                }),
                PythonImporter.FromPython("finding:Finder"),
            ],
            finding);
        using PythonInterpreter python = PythonInterpreter.Start(options);
        try
        {
            python.Execute(arguments[^1]);
        }
        catch (PythonException e)
        {
            Console.WriteLine($"{e.PythonType} {e.InnerException?.GetType().Name}: {e.InnerException?.Message}");
            if (e is PythonImportException import)
            {
                Console.WriteLine($"origins: {string.Join(", ", import.Origins)}");
            }
        }

        return 0;
    }

    /// <summary><c>reference</c>: what an importer that is none makes of a start, and that another start works.</summary>
    private static int BadImporter(string[] arguments)
    {
        try
        {
            PythonInterpreter.Start(Options([], [PythonImporter.FromPython(arguments[0])])).Dispose();
        }
        catch (Exception e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
        }

        using PythonInterpreter python = PythonInterpreter.Start(Options([]));
        python.Execute("import mygame.core.player, host; print(mygame.core.player.__name__)");
        return 0;
    }

    /// <summary>The example of docs/modules.md.</summary>
    private static int DocumentedImporters(string[] arguments)
    {
        Dictionary<string, string> scripts = new() { ["welcome"] = "text = 'from the host'" };
        PythonTree[] mounts = [Tree("mypkg", ("mypkg/__init__.py", ""), ("mypkg/importing.py", "asked = []\nclass Finder:\n    @staticmethod\n    def find_spec(name, path=None, target=None): asked.append(name)\n"))];
        IReadOnlyList<PythonImporter> importers =
        [
            PythonImporter.FromSources("scripts", name => scripts.TryGetValue(name, out string? text) ? new PythonModuleSource(text) : null),
            PythonImporter.FromPython("mypkg.importing:Finder"),
        ];
        var options = new PythonOptions { Importers = importers, Mounts = mounts };
        using PythonInterpreter python = PythonInterpreter.Start(options);
        python.Execute("import welcome\ntry: import nowhere\nexcept ImportError: from mypkg.importing import asked\nprint(welcome.text, 'nowhere' in asked, 'welcome' in asked)");
        return 0;
    }

    private static PythonOptions Options(string[] arguments, IReadOnlyList<PythonImporter>? importers = null, params PythonTree[] trees)
    {
        string? Option(string name) => Array.Find(arguments, a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        PythonOptions options = new()
        {
            AutoMount = false,
            BytecodeCacheDirectory = Option("codes") ?? "",
            ExtractionDirectory = Option("store"),
            SearchPaths = Option("path") is { } path ? [path] : [],
            VirtualEnvironment = Option("venv"),
            FileSystem = Option("files") is { } files ? files == "on" : null,
            Mounts = [Tree("game", Game), .. trees],
            Capabilities = Option("policy")?.StartsWith("Restricted", StringComparison.Ordinal) is true && Option("path") is { } readable
                ? PythonCapabilities.None with { Read = [readable] }
                : null,
            Policy = Option("policy") switch
            {
                null => PythonPolicy.Trusted,
                "Desktop" => PythonPolicy.Desktop with { Allow = Option("allow")?.Split(','), Deny = Option("deny")?.Split(',') ?? [] },
                "Restricted" => PythonPolicy.Restricted with { Allow = Option("allow")?.Split(','), Deny = Option("deny")?.Split(',') ?? [] },

                // What the tests look at modules with is powerful.
                "Restricted-with-tools" => PythonPolicy.Restricted with { Allow = ["*", "sys", "os", "importlib", "importlib.util", "inspect", "traceback", "pickle", "pyembed", "xml", "asyncio"] },
                string unknown => throw new ArgumentException($"There is no profile '{unknown}'."),
            },
            Importers = importers ?? [],
        };
        if (Option("native") == "none")
        {
            return options;
        }

        options.NativeModules.Add("host", module =>
        {
            Console.WriteLine("host built");
            module.AddConstant("answer", 42);
            module.AddFunction("double", (int number) => 2 * number);
            module.AddModule("inner", inner => inner.AddConstant("name", "inner"));
        });
        return options;
    }

    private static PythonTree Tree(string name, params (string Path, string Text)[] files) =>
        PythonTree.FromFiles(files.ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text)), name);
}
