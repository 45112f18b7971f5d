using System.Globalization;
using System.Reflection;

namespace PyEmbed.Benchmarks.Measurements;

/// <summary>Importing all modules of an assembly for code of others.</summary>
internal static class Imports
{
    /// <summary>Under a policy and capabilities ("restricted"), under one of them, or under neither ("hooked"). Where there are no capabilities, a hook in C that does nothing stands in for theirs.</summary>
    public static int Run(string kind, string path)
    {
        bool hasCapabilities = kind is "restricted" or "capabilities";
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions
        {
            Mounts = [PythonTree.FromAssembly(Assembly.LoadFrom(path))],
            BytecodeCacheDirectory = "",
            FileSystem = false,
            Policy = kind switch
            {
                "restricted" => PythonPolicy.Restricted,
                "policy" => PythonPolicy.Desktop with { Deny = ["subprocess"] },
                _ => PythonPolicy.Desktop,
            },
            Capabilities = hasCapabilities ? PythonCapabilities.None : null,
        });
        if (!hasCapabilities)
        {
            NoHook.Install();
        }

        using (PythonScope scope = new())
        {
            // Time of the processor: what else runs on the machine counts less.
            python.Execute($"from time import thread_time\ndef load():\n    import {string.Join("\n    import ", NamesBeside(path))}\n", scope);
            CleanHeap.Collect();
            python.Execute("begin = thread_time(); load(); spent = 1000 * (thread_time() - begin)", scope);
            Console.WriteLine(scope.Get<double>("spent").ToString("F3", CultureInfo.InvariantCulture));
        }

        python.Dispose();
        return 0;
    }

    /// <summary>The modules of an assembly, which a file beside it lists.</summary>
    public static string[] NamesBeside(string path) => File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "modules.txt"));
}
