using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>Imports, for the runtime's own use as for its users'.</summary>
internal static unsafe class PythonCode
{
    /// <summary>Imports a module and returns it, a submodule for a dotted name.</summary>
    public static PythonObject Import(string module)
    {
        using Gil gil = Gil.Acquire();
        using PyRef name = PyRef.Take(Text.New(module));
        return new PythonObject(PyRef.Checked(CPython.PyImport_Import(name.Value)));
    }
}
