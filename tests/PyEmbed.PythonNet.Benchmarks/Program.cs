using System.Globalization;
using PyEmbed.PythonNet.Benchmarks;

// One measurement a process, since CPython starts once; bench.py runs them in turn.
switch (args)
{
    // The library that PyEmbed starts here. Exit code 3, and why, where pythonnet does not support it.
    case ["library"]:
        return Imports.PrintLibrary();

    // A line of JSON for each shape of a call.
    case ["calls", var rounds]:
        Calls.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
        return 0;

    // The milliseconds that it takes to import the modules that a file lists: by PyEmbed's API, by pythonnet's with the bridge, by pythonnet's from a folder.
    case ["core", var assembly, var names]:
        Imports.Core(assembly, names);
        return 0;
    case ["bridge", var assembly, var names]:
        Imports.Bridge(assembly, names);
        return 0;
    case ["pythonnet", var library, var folder, var names]:
        Imports.PythonNet(library, folder, names);
        return 0;

    default:
        Console.Error.WriteLine("usage: PyEmbed.PythonNet.Benchmarks library | calls <rounds> | core|bridge <assembly> <names> | pythonnet <library> <folder> <names>");
        return 2;
}
