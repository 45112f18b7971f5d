namespace PyEmbed.TestHost;

/// <summary>Interpreters with an import policy.</summary>
internal static class PolicyScenarios
{
    /// <summary><c>profile allow deny code</c> (lists with commas, or <c>-</c>): executes code as a script of others, and prints what PyEmbed says where that fails.</summary>
    public static int Execute(string[] arguments)
    {
        PythonPolicy policy = Named(arguments[0]) with { Allow = List(arguments[1]), Deny = List(arguments[2]) ?? [] };
        PythonOptions options = new() { AutoMount = false, Policy = policy, Mounts = [Tree()] };
        options.NativeModules.Add("host", module => module.AddFunction("answer", () => 42));
        using PythonInterpreter python = PythonInterpreter.Start(options);
        return Report(() => python.Execute(arguments[3]));
    }

    /// <summary><c>profile allow deny member argument</c>: a call of the host itself.</summary>
    public static int Call(string[] arguments)
    {
        PythonPolicy policy = Named(arguments[0]) with { Allow = List(arguments[1]), Deny = List(arguments[2]) ?? [] };
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, Policy = policy, Mounts = [Tree()] });
        return Report(() => Console.WriteLine(arguments[3] switch
        {
            "import" => python.Import(arguments[4]).GetAttribute("__name__").As<string>(),
            "run-module" => python.RunModule(arguments[4]).ToString(System.Globalization.CultureInfo.InvariantCulture),
            "run-entry-point" => python.RunEntryPoint(arguments[4]).ToString(System.Globalization.CultureInfo.InvariantCulture),
            "decimal" => python.Evaluate<decimal>("x", Scope(("x", 1.25m))).ToString(System.Globalization.CultureInfo.InvariantCulture),
            "describe" => python.Describe().PythonVersion.ToString(2),
            _ => throw new ArgumentException(arguments[3]),
        }));
    }

    /// <summary><c>folder source deny|allow</c>: runs tests/PyEmbed.Tests/Python/import_techniques, found in <c>source</c>, over the files that it has written to the folder, under the list named.</summary>
    public static int Techniques(string[] arguments)
    {
        string folder = arguments[0];
        string[] names = File.ReadAllLines(Path.Combine(folder, arguments[2] + ".txt"));
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions
        {
            AutoMount = false,
            Policy = arguments[2] == "deny" ? PythonPolicy.Desktop with { Deny = names } : PythonPolicy.Desktop with { Allow = names },
            Mounts = [PythonTree.FromDirectory(Path.Combine(folder, "one")), PythonTree.FromDirectory(Path.Combine(folder, "two"))],
            SearchPaths = [arguments[1], folder],
        });
        return python.RunModule("import_techniques", folder);
    }

    /// <summary><c>folder</c>: starts that fail after the policy and the order of resolution were applied, then one without them that prints what a module of the folder says.</summary>
    public static int FailThenStart(string[] arguments)
    {
        PythonImporter importer = PythonImporter.FromSources("scripts", name => name == "mine" ? new PythonModuleSource("VALUE = 'of the failed start'") : null);
        PythonOptions[] failing =
        [
            new() { AutoMount = false, Policy = PythonPolicy.Restricted, Mounts = [Tree()], Importers = [importer, PythonImporter.FromPython("mygame:main")] },
            new() { AutoMount = false, Policy = PythonPolicy.Desktop with { Deny = ["socket"] }, SearchPaths = arguments, Mounts = [Tree()], Importers = [importer, PythonImporter.FromPython("mygame:main")] },
            new() { AutoMount = false, Policy = PythonPolicy.Restricted, Mounts = [Tree()], Importers = [importer, PythonImporter.FromPython("mygame.finding:Finder")] },
        ];
        foreach (PythonOptions options in failing)
        {
            try
            {
                PythonInterpreter.Start(options).Dispose();
                return 1;
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                Console.WriteLine($"{e.GetType().Name}: {e.Message.Split('.', ':')[0]}");
            }
        }

        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, SearchPaths = arguments });
        python.Execute("""
            import socket, sys
            try: import mine, nowhere
            except ImportError as e: print(mine.VALUE, '|', e)
            print([f for f in sys.meta_path if 'Registry' in repr(f) or 'Source' in repr(f)], [h for h in sys.path_hooks if 'library_hook' in repr(h)], mine.__file__ == sys.path[-1] + '/mine.py')
            """);
        return 0;
    }

    /// <summary><c>folder first second native|importer</c>: a start under the first profile, with the folder on the search path where there is one, that fails by what is named;
    /// then one under the second, without the folder, that prints what can be imported and what is left.</summary>
    public static int FailThen(string[] arguments)
    {
        PythonOptions failing = new()
        {
            AutoMount = false,
            Policy = Named(arguments[1]),
            SearchPaths = arguments[1] == "Restricted" ? [] : [arguments[0]],
            Importers = arguments[3] == "importer" ? [PythonImporter.FromPython("textwrap:indent")] : [],
        };
        failing.NativeModules.Add(arguments[3] == "native" ? "json" : "host", _ => { });
        try
        {
            PythonInterpreter.Start(failing).Dispose();
            return 1;
        }
        catch (ArgumentException e)
        {
            Console.WriteLine(e.Message.Split(' ', ':')[0]);
        }

        PythonOptions options = new() { AutoMount = false, Policy = Named(arguments[2]) };
        options.NativeModules.Add("host", module => module.AddConstant("\u00B5", 42));
        using PythonInterpreter python = PythonInterpreter.Start(options);
        python.Execute("""
            import colorsys, host, sys
            print(colorsys.__name__, host.µ)
            for name in 'mine', 'subprocess':
                try:
                    __import__(name)
                except ImportError as e:
                    print(type(e).__name__, e.name)
                else:
                    print(name)
            print([getattr(f, '__name__', '') for f in sys.meta_path].count('Registry'))
            """);
        return 0;
    }

    private static int Report(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (PythonImportException e)
        {
            Console.WriteLine($"{e.Module}: {e.Message}");
            Console.WriteLine($"rule: {e.Rule}; by: {e.ImportedBy?.Module} {e.ImportedBy?.Frame.Line}");
            return 3;
        }
        catch (PythonException e)
        {
            Console.WriteLine($"{e.PythonType}: {e.Message}");
            Console.WriteLine(e.Frames[^1].Source);
            return 4;
        }
    }

    private static PythonScope Scope(params ReadOnlySpan<(string Name, object Value)> names)
    {
        PythonScope scope = new();
        foreach ((string name, object value) in names)
        {
            scope.Set(name, value);
        }

        return scope;
    }

    private static PythonPolicy Named(string profile) => profile switch
    {
        "Trusted" => PythonPolicy.Trusted,
        "Desktop" => PythonPolicy.Desktop,
        _ => PythonPolicy.Restricted,
    };

    private static string[]? List(string text) => text == "-" ? null : text.Split(',');

    private static PythonTree Tree() => PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>>
    {
        ["mygame/__init__.py"] = "def main(): print('played')"u8.ToArray(),
        ["mygame/core/__init__.py"] = ""u8.ToArray(),
        ["mygame/core/player.py"] = "from . import weapons\nname = 'player with ' + weapons.name\ndef load(name): return __import__(name)\n"u8.ToArray(),
        ["mygame/core/weapons.py"] = "name = 'a sword'"u8.ToArray(),
        ["mygame/finding.py"] = "import _ctypes\nclass Finder:\n    find_spec = staticmethod(lambda *_: None)"u8.ToArray(),
        ["mygame/wrong.py"] = "raise KeyError('wrong')"u8.ToArray(),
        ["mygame/bad.py"] = "x = 1\nimport subprocess"u8.ToArray(),
    });
}
