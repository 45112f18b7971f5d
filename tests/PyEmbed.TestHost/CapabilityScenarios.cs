using System.Net;
using System.Net.Sockets;

namespace PyEmbed.TestHost;

/// <summary>Scenarios of restricted interpreters: a process has one set of capabilities for its life.</summary>
internal static class CapabilityScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["capabilities"] = Run,
        ["capabilities-code-cache"] = ImportWithCodeCache,
    };

    /// <summary>
    /// Runs the program in a file, which may import what lies beside it, and is given a folder and what the host has open: the port of a TCP server, the descriptor of a file and of a connected socket.
    /// </summary>
    /// <param name="arguments">The grants ("-": not restricted), the program, the folder, and what it is given besides.</param>
    private static int Run(string[] arguments)
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        int port = ((IPEndPoint)server.LocalEndpoint).Port;
        Task serving = Task.Run(async () =>
        {
            while (true)
            {
                using TcpClient client = await server.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("hello"u8.ToArray());
            }
        });
        string folder = arguments[2];
        using FileStream secret = new(Path.Combine(folder, "secret.txt"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using Socket connected = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        connected.Connect(IPAddress.Loopback, port);
        string store = Directory.CreateDirectory(Path.Combine(folder, "granted", "kept", "store")).FullName;
        PythonCapabilities? capabilities = Parse(arguments[0].Replace("PORT", $"{port}", StringComparison.Ordinal));
        PythonOptions options = new() { AutoMount = false, ExtractionDirectory = store, BytecodeCacheDirectory = "", Capabilities = capabilities };
        List<FileStream> opened = [];
        options.NativeModules.Add("host", module => module.AddFunction(
            "open",
            (string name, bool isWritable) =>
            {
                opened.Add(new(Path.Combine(folder, name), FileMode.Open, isWritable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite));
                return (int)opened[^1].SafeFileHandle.DangerousGetHandle();
            },
            "Opens a file in the folder, for as long as the process lives, and returns its descriptor."));
        using PythonInterpreter python = PythonInterpreter.Start(options);
        python.Mount(PythonTree.FromFiles(Modules(python), "modules"));
        python.Mount(PythonTree.FromFiles(Beside(arguments[1]), "program", materialize: false));
        using PythonScope scope = new();
        scope.Set("arguments", new List<string> { "", folder, $"{port}", $"{secret.SafeFileHandle.DangerousGetHandle()}", $"{connected.Handle}" }.Concat(arguments[3..]).ToList());
        scope.Set("source", File.ReadAllText(arguments[1]));
        scope.Set("place", arguments[1]);
        python.Execute("""
            import sys
            sys.argv = arguments
            exec(compile(source, place, 'exec'), {'__name__': 'program'})
            """, scope);
        return 0;
    }

    /// <summary>Imports a module without bytecode and prints how often its source was compiled, and what the module holds.</summary>
    /// <param name="arguments">The grants, and the folder of the code cache.</param>
    private static int ImportWithCodeCache(string[] arguments)
    {
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, BytecodeCacheDirectory = arguments[1], Capabilities = Parse(arguments[0]) });
        python.Mount(PythonTree.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>> { ["cached.py"] = "VALUE = 6\n\n\ndef get():\n    return VALUE\n"u8.ToArray() }, "cached"));
        python.Execute("""
            import sys
            compiled = []
            sys.addaudithook(lambda event, arguments: compiled.append(1) if event == 'compile' and 'cached' in str(arguments[1]) else None)
            import cached
            print(len(compiled), cached.get(), end='')
            """);
        return 0;
    }

    /// <summary>The modules in a program's folder, which restricted code need not be allowed to read.</summary>
    private static Dictionary<string, ReadOnlyMemory<byte>> Beside(string program)
    {
        string folder = Path.GetDirectoryName(program)!;
        return Directory.GetFiles(folder, "*.py", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), file => (ReadOnlyMemory<byte>)File.ReadAllBytes(file), StringComparer.Ordinal);
    }

    /// <summary>A tree with modules of several kinds; one has bytecode that says something else than its source.</summary>
    private static Dictionary<string, ReadOnlyMemory<byte>> Modules(PythonInterpreter python)
    {
        using PythonObject sys = python.Import("sys"), implementation = sys.GetAttribute("implementation"), tag = implementation.GetAttribute("cache_tag");
        using PythonScope scope = new();
        python.Execute("""
            import marshal
            from importlib.util import MAGIC_NUMBER
            code = MAGIC_NUMBER + b'\1\0\0\0' + bytes(8) + marshal.dumps(compile("VALUE = 'bytecode'", 'with_bytecode.py', 'exec'))
            """, scope);
        return new()
        {
            ["embedded/__init__.py"] = "\n"u8.ToArray(),
            ["embedded/part.py"] = "VALUE = 42\n\n\ndef fail():\n    raise ValueError('embedded')\n"u8.ToArray(),
            ["asks_for_its_place.py"] = "import os\nHERE = os.path.dirname(__file__)\n"u8.ToArray(),
            ["with_bytecode.py"] = "VALUE = 'source'\n"u8.ToArray(),
            [$"__pycache__/with_bytecode.{tag.As<string>()}.pyc"] = scope.Get<byte[]>("code"),
        };
    }

    /// <summary>Grants as text: <c>read=/a,/b;write=/c;network=h:1;processes;native;environment</c>.</summary>
    private static PythonCapabilities? Parse(string text)
    {
        if (text == "-")
        {
            return null;
        }

        PythonCapabilities capabilities = PythonCapabilities.None;
        foreach (string grant in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = grant.Split('=', 2), values = parts.Length == 2 ? parts[1].Split(',') : [];
            capabilities = parts[0] switch
            {
                "read" => capabilities with { Read = values },
                "write" => capabilities with { Write = values },
                "network" => capabilities with { Network = values },
                "processes" => capabilities with { Processes = true },
                "native" => capabilities with { NativeCode = true },
                "environment" => capabilities with { Environment = true },
                _ => throw new ArgumentException($"no capability '{grant}'"),
            };
        }

        return capabilities;
    }
}
