using Python.Runtime;

namespace PyEmbed.PythonNet.TestHost;

/// <summary>Both sides started in either order, the samples' trees, and misuse.</summary>
internal static class StartScenarios
{
    private static readonly PythonTree Tree = PythonTree.FromFiles(
        new Dictionary<string, ReadOnlyMemory<byte>>
        {
            ["Named/__init__.py"] = "import clr, System\nORIGIN = 'python'\nMAX = System.Math.Max(1, 2)\n"u8.ToArray(),
            ["Named/part.py"] = "from System import String\nfrom . import ORIGIN\n"u8.ToArray(),
        },
        "named");

    /// <summary><c>order library</c>: imports through both APIs, an embedded package named like a namespace among them.</summary>
    public static int Import(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using (bridge.Interpreter.Mount(Tree))
        {
            using (Py.GIL())
            {
                dynamic theirs = Py.Import("Named.part");
                using PythonObject own = bridge.Interpreter.Import("Named.part");
                using PyObject crossed = own.ToPyObject();
                dynamic check = Py.Import("operator");
                Console.WriteLine($"{theirs.ORIGIN} {check.is_(theirs, crossed)} {Py.Import("Named").GetAttr("MAX")} {Py.Import("mypkg.core").InvokeMethod("process")}");
            }
        }

        // Another thread gets the GIL, too.
        string? seen = null;
        Thread thread = new(() =>
        {
            using Py.GILState gil = Py.GIL();
            seen = Py.Import("mypkg").GetAttr("__name__").As<string>();
        });
        thread.Start();
        if (arguments[0] == "pythonnet-holding")
        {
            nint state = PythonEngine.BeginAllowThreads();
            thread.Join();
            PythonEngine.EndAllowThreads(state);
        }
        else
        {
            thread.Join();
        }

        Console.WriteLine(seen);
        bridge.Dispose();
        if (arguments[0] == "pythonnet-holding")
        {
            PythonEngine.Shutdown();
        }

        return 7;
    }

    /// <summary><c>order library</c>: samples/HelloPackage through pythonnet and as a program.</summary>
    public static int Hello(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using (Py.GIL())
        {
            dynamic core = Py.Import("mypkg.core");
            Console.WriteLine((string)core.process());
        }

        int code = bridge.Interpreter.RunEntryPoint("mypkg.__main__:main", arguments);
        bridge.Dispose();
        return code == 0 ? 7 : code;
    }

    /// <summary><c>order library</c>: samples/SharedNamespace through pythonnet.</summary>
    public static int Shared(string[] arguments)
    {
        using PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        using Py.GILState gil = Py.GIL();
        dynamic main = Py.Import("main");
        Console.WriteLine($"{main.thing_one()}, {main.thing_two()}, {((PyObject)main.shared_ns.__path__).Length()}");
        return 7;
    }

    public static int Twice(string[] arguments)
    {
        using PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        foreach (Func<PythonNetBridge> again in (ReadOnlySpan<Func<PythonNetBridge>>)[() => PythonNetBridge.Register(), () => PythonNetBridge.Start()])
        {
            try
            {
                again();
                return 1;
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e.Message);
            }
        }

        return 7;
    }

    public static int NotInitialized(string[] arguments)
    {
        try
        {
            PythonNetBridge.Register();
            return 1;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
            return PythonInterpreter.Current is null ? 7 : 2;
        }
    }

    /// <summary><c>order library</c>: what objects say once pythonnet was shut down, while PyEmbed goes on.</summary>
    public static int AfterShutdown(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        PythonObject own = bridge.Interpreter.Evaluate("[1]");
        PyObject theirs;
        using (Py.GIL())
        {
            theirs = own.ToPyObject();
        }

        PythonEngine.Shutdown();
        foreach (Action use in (ReadOnlySpan<Action>)[() => own.ToPyObject(), () => theirs.ToPythonObject()])
        {
            try
            {
                use();
                return 1;
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e.Message);
            }
        }

        Console.WriteLine(bridge.Interpreter.Import("mypkg.core").InvokeMethod<string>("process"));
        bridge.Dispose();
        return 7;
    }

    /// <summary><c>order library</c>: what objects say once the bridge was disposed.</summary>
    public static int AfterDispose(string[] arguments)
    {
        PythonNetBridge bridge = Starting.Start(arguments[0], arguments[1]);
        PythonObject own = bridge.Interpreter.Evaluate("[1]");
        PyObject theirs;
        using (Py.GIL())
        {
            theirs = own.ToPyObject();
        }

        bridge.Dispose();
        foreach (Action use in (ReadOnlySpan<Action>)[() => own.ToPyObject(), () => theirs.ToPythonObject(), () => bridge.Interpreter.Import("mypkg")])
        {
            try
            {
                use();
                return 1;
            }
            catch (InvalidOperationException e)
            {
                // ObjectDisposedException is one.
                Console.WriteLine(e.Message);
            }
        }

        foreach (Func<PythonNetBridge> again in (ReadOnlySpan<Func<PythonNetBridge>>)[() => PythonNetBridge.Start(), () => PythonNetBridge.Register()])
        {
            try
            {
                again();
                return 1;
            }
            catch (InvalidOperationException e) when (e.Message.StartsWith("Python was stopped in this process and cannot be started again", StringComparison.Ordinal))
            {
                // No advice that cannot be followed.
            }
        }

        return 7;
    }

    /// <summary><c>library</c>: a namespace that was imported before stays; what comes later is the embedded one.</summary>
    public static int NamespaceFirst(string[] arguments)
    {
        Runtime.PythonDLL = arguments[0];
        PythonEngine.Initialize();
        PythonEngine.BeginAllowThreads();
        using (Py.GIL())
        {
            Py.Import("Named.Inner").Dispose();
        }

        using PythonNetBridge bridge = PythonNetBridge.Register();
        bridge.Interpreter.Mount(Tree);
        using (Py.GIL())
        {
            Console.WriteLine($"{Py.Import("Named").HasAttr("ORIGIN")}");
            PythonEngine.Exec("import sys; del sys.modules['Named'], sys.modules['Named.Inner']");
            Console.WriteLine($"{Py.Import("Named").GetAttr("ORIGIN")} {Py.Import("Named.Inner").GetAttr("Tool").InvokeMethod("Name")}");
        }

        return 7;
    }

    /// <summary><c>library way</c>: the library that the user named for pythonnet is the one that the bridge starts.</summary>
    public static int Library(string[] arguments)
    {
        Runtime.PythonDLL = arguments[0];
        using PythonNetBridge bridge = PythonNetBridge.Start();
        Console.WriteLine(bridge.Interpreter.Describe().Library);
        return 7;
    }
}
