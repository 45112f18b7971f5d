using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PyEmbed.TestHost;

/// <summary>Ways to start, to attach, and to misuse the interpreter.</summary>
internal static unsafe class StartScenarios
{
    /// <summary><c>name=value… expression</c>: starts with these options and prints what the expression gives.</summary>
    public static int WithOptions(string[] arguments)
    {
        string? Option(string name) => Array.Find(arguments[..^1], a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        try
        {
            using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions
            {
                Library = Option("library"),
                Home = Option("home"),
                VirtualEnvironment = Option("venv"),
                ExtractionDirectory = Option("store"),
                BytecodeCacheDirectory = Option("codes"),
                SearchPaths = Option("paths")?.Split(':') ?? [],
                Arguments = Option("arguments")?.Split(',') ?? [],
            });
            Console.WriteLine(python.Evaluate<string>($"str(({arguments[^1]}))"));
            return 0;
        }
        catch (Exception e) when (e is PythonRuntimeNotFoundException or InvalidOperationException or IOException or ArgumentException)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            return 2;
        }
    }

    public static int CancelKeyAfterRun(string[] arguments)
    {
        using ManualResetEventSlim cancelled = new();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            cancelled.Set();
        };
        using PythonInterpreter python = Program.Started();
        _ = python.RunCode("pass");
        Console.WriteLine("ready");
        return cancelled.Wait(TimeSpan.FromSeconds(20)) ? 7 : 8;
    }

    /// <summary>Another host starts CPython first, keeps the GIL released, and goes on after PyEmbed is gone.</summary>
    public static int Attach(string[] arguments)
    {
        StartAsAnotherHost(arguments[0]);
        using (PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, SearchPaths = ["/tmp"] }))
        {
            Console.WriteLine(python.RunCode("import sys; print('attached', sys.path[-1])"));
            Console.WriteLine(python.Describe().Library ?? "no library of ours");
        }

        return 7;
    }

    /// <summary><c>library code</c>: runs code as a module in an interpreter that another host has started.</summary>
    public static int AttachAndRun(string[] arguments)
    {
        StartAsAnotherHost(arguments[0]);
        using PythonInterpreter python = Program.Started();
        return python.RunCode(arguments[1]);
    }

    public static int AttachRefused(string[] arguments)
    {
        StartAsAnotherHost(arguments[0]);
        try
        {
            PythonInterpreter.Start(new PythonOptions { Home = "/usr" }).Dispose();
            return 1;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
        }

        using PythonInterpreter python = Program.Started();
        return python.RunCode("import sys; sys.exit(7)");
    }

    /// <summary><c>library</c>: asks for a policy where another host has started CPython.</summary>
    public static int AttachWithPolicy(string[] arguments)
    {
        StartAsAnotherHost(arguments[0]);
        try
        {
            PythonInterpreter.Start(new PythonOptions { Policy = PythonPolicy.Restricted }).Dispose();
            return 1;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
            return 7;
        }
    }

    /// <summary>A second copy of the assembly, in a load context of its own, sees the trees of the first.</summary>
    public static int TwoCopies(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        python.MountCode("answer = 42");
        AssemblyLoadContext context = new("plug-in");
        Assembly copy = context.LoadFromAssemblyPath(typeof(PythonInterpreter).Assembly.Location);
        Type type = copy.GetType("PyEmbed.PythonInterpreter")!;
        Type optionsType = copy.GetType("PyEmbed.PythonOptions")!;
        object options = Activator.CreateInstance(optionsType)!;
        optionsType.GetProperty("AutoMount")!.SetValue(options, false);
        object second = type.GetMethod("Start")!.Invoke(null, [options])!;
        object module = type.GetMethod("Import")!.Invoke(second, ["program"])!;
        Console.WriteLine($"{type != typeof(PythonInterpreter)} {module}");
        Console.WriteLine(python.Evaluate<int>("sum(getattr(f, '__name__', '') == 'Finder' for f in __import__('sys').meta_path)"));
        ((IDisposable)second).Dispose();
        return python.Evaluate<int>("__import__('program').answer - 35");
    }

    /// <summary><c>option value other</c>: a copy of the assembly joins with the same value of an option, another asks for a different one.</summary>
    public static int TwoStores(string[] arguments)
    {
        PythonOptions own = new() { AutoMount = false };
        typeof(PythonOptions).GetProperty(arguments[0])!.SetValue(own, arguments[1]);
        using PythonInterpreter python = PythonInterpreter.Start(own);
        foreach (string store in arguments[1..])
        {
            AssemblyLoadContext context = new("plug-in");
            Assembly copy = context.LoadFromAssemblyPath(typeof(PythonInterpreter).Assembly.Location);
            Type optionsType = copy.GetType("PyEmbed.PythonOptions")!;
            object options = Activator.CreateInstance(optionsType)!;
            optionsType.GetProperty("AutoMount")!.SetValue(options, false);
            optionsType.GetProperty(arguments[0])!.SetValue(options, store);
            try
            {
                ((IDisposable)copy.GetType("PyEmbed.PythonInterpreter")!.GetMethod("Start")!.Invoke(null, [options])!).Dispose();
                Console.WriteLine("joined");
            }
            catch (TargetInvocationException e) when (e.InnerException is InvalidOperationException refused)
            {
                Console.WriteLine(refused.Message);
            }
        }

        return 7;
    }

    /// <summary>As <see cref="ImportWithCodeCache"/>, and then serves until it is killed.</summary>
    public static int ServeWithCodeCache(string[] arguments)
    {
        using PythonInterpreter python = StartWithCodeCache(arguments);
        Thread.Sleep(TimeSpan.FromMinutes(2));
        return 0;
    }

    /// <summary><c>archive module store codes</c>: imports a module with a code cache ("-": the default place) and prints what loaded it.</summary>
    public static int ImportWithCodeCache(string[] arguments)
    {
        using PythonInterpreter python = StartWithCodeCache(arguments);
        return 7;
    }

    private static PythonInterpreter StartWithCodeCache(string[] arguments)
    {
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions
        {
            AutoMount = false, ExtractionDirectory = arguments[2], BytecodeCacheDirectory = arguments[3] == "-" ? null : arguments[3],
        });
        python.Mount(PythonTree.FromArchive(arguments[0]));
        python.Import(arguments[1]).Dispose();
        Console.WriteLine(python.Evaluate<string>($"type(__import__('sys').modules['{arguments[1]}'].__loader__).__name__"));
        return python;
    }

    /// <summary><c>archive module store</c>: imports a module of an archive and prints what it found, or the .NET exception.</summary>
    public static int ImportModule(string[] arguments)
    {
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, ExtractionDirectory = arguments.ElementAtOrDefault(2), BytecodeCacheDirectory = "" });
        python.Mount(PythonTree.FromArchive(arguments[0]));
        try
        {
            using PythonObject module = python.Import(arguments[1]);
            Console.WriteLine(module.GetAttribute("FOUND").As<string>());
            Console.WriteLine(string.Join('\n', python.Describe().ExtractedFiles));
            return 0;
        }
        catch (PythonException e)
        {
            string inner = e.InnerException is PythonException cause ? cause.PythonType : "none";
            Console.WriteLine($"{e.GetType().Name} {e.PythonType} {(e as PythonImportException)?.Module ?? "-"} {inner}\n{e.Message}");
            return 2;
        }
    }

    public static int DisposeHolding(string[] arguments)
    {
        PythonInterpreter python = Program.Started();
        using (python.Hold())
        {
            try
            {
                python.Dispose();
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e.Message);
            }
        }

        python.Dispose();
        return 7;
    }

    public static int UseAfterDispose(string[] arguments)
    {
        PythonInterpreter python = Program.Started();
        PythonMount mount = python.Mount(PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["x.py"] = default }));
        PythonObject module = python.Import("sys");
        python.Dispose();
        Action[] uses = [() => python.Import("os"), () => python.Execute(""), () => python.RunModule("x"), () => python.Hold(), () => python.Describe(), () => module.GetAttribute("path")];
        foreach (Action use in uses)
        {
            try
            {
                use();
                return 1;
            }
            catch (ObjectDisposedException)
            {
                // As it must be.
            }
        }

        mount.Dispose();
        module.Dispose();
        try
        {
            Program.Started();
            return 2;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
        }

        return PythonInterpreter.Current is null ? 7 : 3;
    }

    public static int StartTwice(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        try
        {
            Program.Started();
            return 1;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
        }

        return ReferenceEquals(PythonInterpreter.Current, python) ? 7 : 2;
    }

    /// <summary>Prints the milliseconds that a start takes, with a tree of as many modules.</summary>
    public static int StartTime(string[] arguments)
    {
        string archive = arguments[0];
        PythonTree tree = PythonTree.FromArchive(archive);
        long begin = Stopwatch.GetTimestamp();
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, Mounts = [tree] });
        Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        return 0;
    }

    private static void StartAsAnotherHost(string library)
    {
        // As pythonnet does: global symbols, started without PyEmbed, the GIL released.
        nint program = NativeLibrary.GetMainProgramHandle();
        nint dlopen = NativeLibrary.GetExport(program, "dlopen");
        nint path = Marshal.StringToCoTaskMemUTF8(library);
        nint handle = ((delegate* unmanaged[Cdecl]<nint, int, nint>)dlopen)(path, 0x102);
        ((delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(handle, "Py_InitializeEx"))(0);
        _ = ((delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(handle, "PyEval_SaveThread"))();
    }
}
