using Python.Runtime;

namespace PyEmbed.PythonNet.TestHost;

/// <summary>The orders in which a program can start both sides.</summary>
internal static class Starting
{
    /// <summary>Starts both; the calling thread does not hold the GIL afterwards, but after <c>pythonnet-holding</c>.</summary>
    /// <param name="order">A name below.</param>
    /// <param name="library">The library of CPython, for those in which pythonnet starts it.</param>
    public static PythonNetBridge Start(string order, string library)
    {
        switch (order)
        {
            case "bridge":
                return PythonNetBridge.Start(new PythonOptions { BytecodeCacheDirectory = "" });

            case "pythonnet":
                Runtime.PythonDLL = library;
                PythonEngine.Initialize();
                PythonEngine.BeginAllowThreads();
                return PythonNetBridge.Register(new PythonOptions { BytecodeCacheDirectory = "" });

            // The thread keeps the GIL that Initialize took, as pythonnet's users do who forget BeginAllowThreads.
            case "pythonnet-holding":
                Runtime.PythonDLL = library;
                PythonEngine.Initialize();
                return PythonNetBridge.Register(new PythonOptions { BytecodeCacheDirectory = "" });

            case "pyembed":
                PythonInterpreter.Start(new PythonOptions { BytecodeCacheDirectory = "" });
                return PythonNetBridge.Start();

            case "pyembed-then-initialize":
                PythonInterpreter.Start(new PythonOptions { BytecodeCacheDirectory = "" });
                Runtime.PythonDLL = library;
                PythonEngine.Initialize(setSysArgv: false);
                PythonEngine.BeginAllowThreads();
                return PythonNetBridge.Register();

            default:
                throw new ArgumentException($"There is no order '{order}'.");
        }
    }
}
