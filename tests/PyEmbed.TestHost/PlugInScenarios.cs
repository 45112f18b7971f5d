using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace PyEmbed.TestHost;

/// <summary>Assemblies and copies of PyEmbed in collectible load contexts. Each scenario gets an empty folder, prints what it finds and ends with 7.</summary>
internal static class PlugInScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["plug-in"] = PlugIn,
        ["plug-in-cycles"] = Cycles,
        ["plug-in-types"] = Types,
        ["plug-in-copy"] = Copy,
        ["plug-in-copy-first"] = CopyFirst,
        ["plug-in-copies-at-once"] = CopiesAtOnce,
        ["plug-in-copies-fail"] = CopiesFail,
    };

    private const string Module = """
        import plug_later
        def text():
            return "text"
        """;

    // What a scenario holds on purpose. Not a local variable, which compilers copy as they like.
    private static IDisposable? held;

    /// <summary>A plug-in is unloaded; one module of it stays imported.</summary>
    private static int PlugIn(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        string path = PlugInAssembly.Write(arguments[0], "plug", ("plug_mod.py", Module), ("plug_later.py", ""), ("plug_never.py", ""));
        WeakReference context = Load(python, path);
        Console.WriteLine($"mounted {IsAlive(context)}");
        python.Execute("import sys; kept = sys.modules['plug_mod']; view = kept.__loader__._folder.tree.view[:2]; sys.plug = kept, view");
        LetGo();
        Console.WriteLine($"unmounted {IsAlive(context)}");
        File.Delete(path);
        Console.WriteLine(python.Evaluate<string>(
            "(lambda sys, inspect: ' '.join([sys.plug[0].text(), bytes(sys.plug[1]).decode(), str(len(inspect.getsource(sys.plug[0])))]))(__import__('sys'), __import__('inspect'))"));
        try
        {
            python.Import("plug_never").Dispose();
        }
        catch (PythonImportException e)
        {
            Console.WriteLine(e.PythonType);
        }

        python.Execute("import sys, importlib; del sys.plug; del sys.modules['plug_mod'], sys.modules['plug_later']");
        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Load(PythonInterpreter python, string path)
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        held = python.Mount(PythonTree.FromAssembly(context.LoadFromAssemblyPath(path)));
        python.Import("plug_mod").Dispose();
        context.Unload();
        return new WeakReference(context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetGo()
    {
        held!.Dispose();
        held = null;
    }

    /// <summary>A plug-in is loaded, changed and unloaded many times.</summary>
    private static int Cycles(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        List<WeakReference> contexts = [];
        string before = "";
        for (int i = 0; i < 30; i++)
        {
            string path = PlugInAssembly.Write(arguments[0], "plug", ("plug_mod.py", $"{Module}\nNUMBER = {i}"), ("plug_later.py", ""));
            contexts.Add(Cycle(python, path, i));
            before = i == 0 ? State(python) : before; // The first looks at folders that are looked at once.
        }

        Console.WriteLine($"{contexts.Count(IsAlive)} {State(python) == before}");
        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Cycle(PythonInterpreter python, string path, int number)
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        using FileStream stream = File.OpenRead(path);
        using (python.Mount(PythonTree.FromAssembly(context.LoadFromStream(stream))))
        {
            using PythonObject module = python.Import("plug_mod");
            if (module.GetAttribute("NUMBER").As<int>() != number)
            {
                throw new InvalidOperationException("an older plug-in's module was imported");
            }
        }

        python.Execute("import sys; del sys.modules['plug_mod'], sys.modules['plug_later']");
        context.Unload();
        return new WeakReference(context);
    }

    private static string State(PythonInterpreter python) =>
        python.Evaluate<string>("(lambda i, sys: str((len(i._trees), len(i._moved), len(sys.path), len(sys.path_importer_cache))))(__import__('pyembed')._importer, __import__('sys'))");

    /// <summary>Types of a plug-in were converted, and a conversion of one was registered.</summary>
    private static int Types(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        Console.WriteLine(IsAlive(UseTypes(python, PlugInAssembly.Write(arguments[0], "plug", ("plug_mod.py", "")))));
        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseTypes(PythonInterpreter python, string path)
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        Type colour = context.LoadFromAssemblyPath(path).GetType("plug.Colour")!;
        using PythonObject one = python.Evaluate("1");
        Console.WriteLine(typeof(PythonObject).GetMethod("As")!.MakeGenericMethod(colour).Invoke(one, []));
        Type list = typeof(List<>).MakeGenericType(colour);
        MethodInfo register = typeof(PlugInScenarios).GetMethod(nameof(Register), BindingFlags.NonPublic | BindingFlags.Static)!;
        register.MakeGenericMethod(list).Invoke(null, []);
        Console.WriteLine(typeof(PythonObject).GetMethod("As")!.MakeGenericMethod(list).Invoke(one, []) is not null);
        context.Unload();
        return new WeakReference(context);
    }

    private static void Register<T>()
        where T : notnull, new() => PythonConverter.Register(_ => new T(), _ => null);

    /// <summary>A plug-in has its own copy of PyEmbed, which joins this one, mounts trees of its own, and is unloaded.</summary>
    private static int Copy(string[] arguments)
    {
        using PythonInterpreter python = Program.Started();
        python.MountCode("answer = 42");
        string path = PlugInAssembly.Write(arguments[0], "plug", ("plug_mod.py", Module), ("plug_later.py", ""));
        string archive = Path.Combine(arguments[0], "archive.zip");
        File.WriteAllBytes(archive, PlugInAssembly.Zip(("zip_mod.py", "X = 1")));
        WeakReference context = UseCopy(path, archive);
        Console.WriteLine($"copy {IsAlive(context)}");

        // What it imported lives on, also what it had mapped; what it did not dispose does no harm.
        Console.WriteLine(python.Evaluate<string>(
            "(lambda m: ' '.join([m['plug_mod'].text(), m['zip_mod'].__loader__.get_source('zip_mod'), str(m['program'].answer)]))(__import__('sys').modules)"));
        python.Execute("import sys; del sys.modules['plug_mod'], sys.modules['plug_later'], sys.modules['zip_mod']; import gc; gc.collect()");
        Console.WriteLine(python.Describe().Mounts.Count);
        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseCopy(string path, string archive)
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        Assembly copy = LoadCopy(context);
        object second = StartCopy(copy);
        Type trees = copy.GetType("PyEmbed.PythonTree")!;
        Call(second, "Mount", trees.GetMethod("FromAssembly")!.Invoke(null, [context.LoadFromAssemblyPath(path), null])!);
        Call(second, "Mount", trees.GetMethod("FromArchive", [typeof(string)])!.Invoke(null, [archive])!);
        for (int i = 0; i < 300; i++)
        {
            Call(second, "Import", i % 2 == 0 ? "plug_mod" : "zip_mod"); // Not disposed: finalisers queue them.
        }

        Console.WriteLine(Call(Call(second, "Import", "program"), "GetAttribute", "answer"));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ((IDisposable)Call(second, "Import", "sys")).Dispose(); // Takes the GIL, and so releases some of them.
        ((IDisposable)second).Dispose();
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary>A plug-in's copy of PyEmbed starts Python, this one joins, and the plug-in goes first.</summary>
    private static int CopyFirst(string[] arguments)
    {
        WeakReference context = StartAsPlugIn();
        using (PythonInterpreter python = Program.Started())
        {
            python.MountCode("answer = 42");
            python.Execute("import atexit; atexit.register(print, 'at exit')");
            LetGo();
            Console.WriteLine($"starter {IsAlive(context)}");

            // All of the importer came from the copy that is gone.
            python.Execute("import pyembed._report, pyembed._requirements, pyembed._metadata, program; print('goes on', program.answer)");
        }

        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference StartAsPlugIn()
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        held = (IDisposable)StartCopy(LoadCopy(context));
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary><c>folder threads</c>: copies of PyEmbed start at the same time. Prints which have started, how many started CPython, and what is left.</summary>
    private static int CopiesAtOnce(string[] arguments)
    {
        int count = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        string path = PlugInAssembly.Write(arguments[0], "plug", ("plug_mod.py", Module), ("plug_later.py", ""));
        WeakReference[] contexts = new WeakReference[count];
        bool[] owners = new bool[count];
        using Barrier start = new(count), end = new(count);
        AtOnce(count, i => contexts[i] = UseCopyAtOnce(path, start, end, out owners[i]));
        Console.WriteLine($"{owners.Count(owner => owner)} {contexts.Count(IsAlive)}");
        return 7;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseCopyAtOnce(string path, Barrier start, Barrier end, out bool owner)
    {
        AssemblyLoadContext context = new("plug-in", isCollectible: true);
        Assembly copy = LoadCopy(context);
        start.SignalAndWait();
        object python = StartCopy(copy);
        owner = (bool)python.GetType().GetField("owner", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(python)!;
        Call(python, "Mount", copy.GetType("PyEmbed.PythonTree")!.GetMethod("FromAssembly")!.Invoke(null, [context.LoadFromAssemblyPath(path), null])!);
        ((IDisposable)Call(python, "Import", "plug_mod")).Dispose();
        end.SignalAndWait();
        ((IDisposable)python).Dispose();
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary><c>folder threads home library</c>: copies start at the same time a CPython whose standard library is none. Prints the messages.</summary>
    private static int CopiesFail(string[] arguments)
    {
        int count = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        string[] messages = new string[count];
        AtOnce(count, i =>
        {
            try
            {
                StartCopy(LoadCopy(new AssemblyLoadContext("plug-in", isCollectible: true)), ("Home", arguments[2]), ("Library", arguments[3]));
                messages[i] = "started";
            }
            catch (TargetInvocationException e)
            {
                messages[i] = e.InnerException!.Message.Split(':', ';')[0];
            }
        });
        Array.Sort(messages, StringComparer.Ordinal);
        Console.WriteLine(string.Join('\n', messages));
        return 7;
    }

    private static void AtOnce(int count, Action<int> action)
    {
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => action(i)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private static Assembly LoadCopy(AssemblyLoadContext context) => context.LoadFromAssemblyPath(typeof(PythonInterpreter).Assembly.Location);

    private static object StartCopy(Assembly copy, params (string Name, object Value)[] more)
    {
        Type type = copy.GetType("PyEmbed.PythonOptions")!;
        object options = Activator.CreateInstance(type)!;
        type.GetProperty("AutoMount")!.SetValue(options, false);
        type.GetProperty("BytecodeCacheDirectory")!.SetValue(options, "");
        foreach ((string name, object value) in more)
        {
            type.GetProperty(name)!.SetValue(options, value);
        }

        return copy.GetType("PyEmbed.PythonInterpreter")!.GetMethod("Start")!.Invoke(null, [options])!;
    }

    private static object Call(object target, string method, object argument) => target.GetType().GetMethod(method, [argument.GetType()])!.Invoke(target, [argument])!;

    /// <summary>Whether a context is still there after all that can be collected was. It takes a few rounds: finalisers come between.</summary>
    private static bool IsAlive(WeakReference context)
    {
        for (int i = 0; i < 10 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return context.IsAlive;
    }
}
