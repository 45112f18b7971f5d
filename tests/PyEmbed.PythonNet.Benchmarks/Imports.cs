using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Python.Runtime;

namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>A process from its start to the import of modules. Each way is a method that loads what it needs and no more.</summary>
internal static class Imports
{
    public static int PrintLibrary()
    {
        using PythonInterpreter python = PythonInterpreter.Start();
        PythonReport report = python.Describe();
        if (!PythonEngine.IsSupportedVersion(report.PythonVersion))
        {
            Console.Error.WriteLine($"this pythonnet does not support CPython {report.PythonVersion}");
            return 3;
        }

        Console.WriteLine(report.Library);
        return 0;
    }

    public static void Core(string assembly, string names)
    {
        using PythonInterpreter python = PythonInterpreter.Start(Options(assembly));
        Time(names, name => python.Import(name).Dispose());
    }

    public static void Bridge(string assembly, string names)
    {
        using PythonNetBridge bridge = PythonNetBridge.Start(Options(assembly));
        Time(names, name =>
        {
            using (Py.GIL())
            {
                Py.Import(name).Dispose();
            }
        });
    }

    public static void PythonNet(string library, string folder, string names)
    {
        Runtime.PythonDLL = library;
        PythonEngine.Initialize();
        PythonEngine.BeginAllowThreads();
        using (Py.GIL())
        {
            using PyObject sys = Py.Import("sys");
            using PyObject path = sys.GetAttr("path");
            using var index = new PyInt(0);
            using var place = new PyString(folder);
            path.InvokeMethod("insert", index, place).Dispose();
        }

        Time(names, name =>
        {
            using (Py.GIL())
            {
                Py.Import(name).Dispose();
            }
        });
    }

    private static PythonOptions Options(string assembly) => new() { Mounts = [PythonTree.FromAssembly(Assembly.LoadFrom(assembly))] };

    private static void Time(string names, Action<string> import)
    {
        string[] modules = File.ReadAllLines(names);
        long begin = Stopwatch.GetTimestamp();
        foreach (string module in modules)
        {
            import(module);
        }

        Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
    }
}
