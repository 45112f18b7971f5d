using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What embedded modules call while they are imported.</summary>
public static class Importing
{
    public static List<string> Seen { get; } = [];

    public static void Saw(string name) => Seen.Add(name);

    public static PyObject Import(string name)
    {
        using Py.GILState gil = Py.GIL();
        return Py.Import(name);
    }
}
