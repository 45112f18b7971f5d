using System.Globalization;
using System.Reflection;

namespace PyEmbed.Benchmarks.Measurements;

/// <summary>What of an assembly's tree comes into .NET's heap.</summary>
internal static class ManagedHeap
{
    /// <summary>Imports all modules of an assembly; prints by how many bytes the heap has grown, garbage collected, since CPython runs.</summary>
    public static int Run(string path)
    {
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "" });
        string imports = "import " + string.Join("\nimport ", Imports.NamesBeside(path));
        long begin = GC.GetTotalMemory(forceFullCollection: true);
        using (python.Mount(PythonTree.FromAssembly(Assembly.LoadFrom(path))))
        {
            python.Execute(imports);
            long end = GC.GetTotalMemory(forceFullCollection: true);
            Console.WriteLine((end - begin).ToString(CultureInfo.InvariantCulture));
        }

        python.Dispose();
        return 0;
    }
}
