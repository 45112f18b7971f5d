using System.Net;
using System.Net.Sockets;

namespace PyEmbed.TestHost;

/// <summary>Scenarios of restricted interpreters: a process has one set of capabilities for its life.</summary>
internal static class CapabilityScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["capabilities"] = Run,
    };

    /// <summary>
    /// Runs the program in a file, which is given a folder and what the host has open: the port of a TCP server, the descriptor of a file and of a connected socket.
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
        using FileStream secret = new(Path.Combine(folder, "secret.txt"), FileMode.Open, FileAccess.ReadWrite);
        using Socket connected = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        connected.Connect(IPAddress.Loopback, port);
        string store = Path.Combine(folder, "store");
        PythonCapabilities? capabilities = Parse(arguments[0].Replace("PORT", $"{port}", StringComparison.Ordinal));
        using PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, ExtractionDirectory = store, BytecodeCacheDirectory = "", Capabilities = capabilities });
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
