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

    default:
        Console.Error.WriteLine("usage: PyEmbed.Benchmarks start <assembly> | initialize");
        return 2;
}

static void Print(long begin) =>
    Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
