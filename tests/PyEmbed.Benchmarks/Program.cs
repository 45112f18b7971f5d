using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using PyEmbed;
using PyEmbed.Discovery;

// One measurement a process, since CPython starts once; bench.py runs them in turn. Prints milliseconds.
switch (args)
{
    // Start, with the trees of an assembly mounted.
    case ["start", var path]:
        Assembly assembly = Assembly.LoadFrom(path);
        long begin = Stopwatch.GetTimestamp();
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { Mounts = [PythonTree.FromAssembly(assembly)] });
        Print(begin);
        python.Dispose();
        return 0;

    // What of it is CPython's own: loading and initialising the library.
    case ["initialize"]:
        PythonInstallation installation = PythonLocator.Locate(new PythonOptions());
        begin = Stopwatch.GetTimestamp();
        PythonStartup.Load(installation);
        PythonStartup.Initialize(installation);
        Print(begin);
        return 0;

    // Importing all modules of an assembly: "restricted", or "hooked" by a C function that does nothing.
    case ["import", "restricted" or "hooked", var path]:
        PythonTree tree = PythonTree.FromAssembly(Assembly.LoadFrom(path));
        bool isRestricted = args[1] == "restricted";
        python = PythonInterpreter.Start(new PythonOptions
        {
            Mounts = [tree],
            BytecodeCacheDirectory = "",
            FileSystem = false,
            Policy = isRestricted ? PythonPolicy.Restricted : PythonPolicy.Desktop,
        });
        if (!isRestricted)
        {
            NoHook.Install();
        }

        string[] names = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "modules.txt"));
        using (PythonScope scope = new())
        {
            python.Execute($"def load():\n    import {string.Join("\n    import ", names)}\n", scope);
            begin = Stopwatch.GetTimestamp();
            python.Execute("load()", scope);
            Print(begin);
        }

        python.Dispose();
        return 0;

    default:
        Console.Error.WriteLine("usage: PyEmbed.Benchmarks start <assembly> | initialize | import restricted|hooked <assembly>");
        return 2;
}

static void Print(long begin) =>
    Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
