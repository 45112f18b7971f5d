using System.Text;
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

    /// <summary>A module that this assembly needs for its own work, whatever the import policy says of it. The caller holds the GIL.</summary>
    /// <param name="name">A literal, so that it ends in NUL.</param>
    /// <returns>A new reference; 0 with an exception pending.</returns>
    public static nint Own(ReadOnlySpan<byte> name)
    {
        using PyRef module = PyRef.Take(Text.NewName(Encoding.ASCII.GetString(name)));
        using PyRef host = PyRef.Take(Text.NewName("pyembed._host"));
        nint modules = CPython.PyImport_GetModuleDict();
        nint loaded = CPython.PyDict_GetItemWithError(modules, module.Value);
        if (loaded != 0)
        {
            return PyRef.New(loaded);
        }

        loaded = CPython.PyDict_GetItemWithError(modules, host.Value);
        if (loaded == 0)
        {
            return CPython.PyImport_ImportModule(Text.Ascii(name));
        }

        using PyRef method = PyRef.Take(Text.NewName("import_own"));
        nint* arguments = stackalloc nint[] { loaded, module.Value };
        return CPython.PyObject_VectorcallMethod(method.Value, arguments, 2, 0);
    }
}
