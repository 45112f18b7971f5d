using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using PyEmbed.Discovery;

namespace PyEmbed.Benchmarks.Measurements;

/// <summary>Starting CPython; each prints milliseconds.</summary>
internal static class Start
{
    /// <summary>Start, with the trees of an assembly mounted.</summary>
    public static int Whole(string path)
    {
        Assembly assembly = Assembly.LoadFrom(path);
        long begin = Stopwatch.GetTimestamp();
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { Mounts = [PythonTree.FromAssembly(assembly)] });
        Print(begin);
        python.Dispose();
        return 0;
    }

    /// <summary>What of it is CPython's own: loading and initialising the library.</summary>
    public static int Initialize()
    {
        PythonInstallation installation = PythonLocator.Locate(new PythonOptions());
        long begin = Stopwatch.GetTimestamp();
        PythonStartup.Load(installation);
        PythonStartup.Initialize(installation);
        Print(begin);
        return 0;
    }

    private static void Print(long begin) =>
        Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
}
