using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <summary>Looks up exports of one CPython library and remembers those that it lacks, so that one error names them all.</summary>
internal sealed class NativeExports(nint library)
{
    private readonly List<string> missing = [];

    /// <summary>The address of an export; 0, and one more missing name, where there is none.</summary>
    public nint Required(string name)
    {
        if (NativeLibrary.TryGetExport(library, name, out nint address))
        {
            return address;
        }

        missing.Add(name);
        return 0;
    }

    /// <summary>The address of an export; 0 where this CPython does not have it.</summary>
    public nint Optional(string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? address : 0;

    /// <summary>The address of an exported <c>PyObject *</c> variable. What it points to is there only once CPython is initialised.</summary>
    public unsafe nint* RequiredVariable(string name) => (nint*)Required(name);

    /// <exception cref="EntryPointNotFoundException">A required export is missing.</exception>
    public void ThrowIfIncomplete()
    {
        if (missing.Count != 0)
        {
            throw new EntryPointNotFoundException(
                $"The library is no CPython that PyEmbed can use: it does not export {string.Join(", ", missing)}. " +
                "PyEmbed needs the shared library of CPython 3.9 or later, such as libpython3.11.so.1.0, python311.dll or libpython3.11.dylib.");
        }
    }
}
