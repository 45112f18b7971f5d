using System.Globalization;
using System.Text;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Which file descriptors Python code may use as numbers. A .NET process has many open that are none of Python's business. Python may use those that it has opened itself as numbers and that
/// no object of its own (a file, a socket) has taken over, and those of files that it was granted. Only numbers that it has opened may be closed, so that no number of Python's ever comes to
/// mean what the host opens next.
/// </summary>
internal sealed class Descriptors(FileGrants files)
{
    private const int LastStandard = 2;

    private readonly HashSet<int> loose = []; // Guarded by the GIL.

    /// <summary>Whether the descriptor is one of the standard streams.</summary>
    public static bool IsStandard(int descriptor) => descriptor is >= 0 and <= LastStandard;

    /// <summary>Python has opened this one and holds it as a number.</summary>
    public void Add(int descriptor) => loose.Add(descriptor);

    /// <summary>An object of Python's takes the number over, or it is closed. False where it is not Python's to give.</summary>
    public bool Take(int descriptor) => loose.Remove(descriptor);

    /// <summary>Whether Python holds it as a number.</summary>
    public bool Holds(int descriptor) => loose.Contains(descriptor);

    /// <summary>Whether a descriptor may be used so. One that is not open may be: the system says so.</summary>
    public bool Allows(int descriptor, FileUse use)
    {
        if (IsStandard(descriptor) || loose.Contains(descriptor))
        {
            return true;
        }

        return PathOf(descriptor) is { } path && files.AllowsReal(path, use);
    }

    /// <summary>What it takes to have a file mapped into memory as it was opened.</summary>
    public static FileUse UseOfOpen(int descriptor) => (CapabilityApi.OpenMode(descriptor) & CapabilityApi.O_ACCMODE) switch
    {
        0 => FileUse.Read,
        _ => FileUse.Read | FileUse.Write,
    };

    /// <summary>The place of what a descriptor stands for; null where it is no file or folder.</summary>
    public static byte[]? PathOf(int descriptor)
    {
        byte[]? target = CapabilityApi.ReadLink(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")));

        // Memory files are the .NET runtime's, which keeps compiled code in them.
        if (target is null || target.Length == 0 || target[0] != '/' || target.AsSpan().StartsWith("/memfd:"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> gone = " (deleted)"u8;
        return target.AsSpan().EndsWith(gone) ? target[..^gone.Length] : target;
    }

    /// <summary>The number that an argument means, as CPython takes it: an int, or what its fileno() returns.</summary>
    /// <returns>False with an exception pending.</returns>
    public static unsafe bool TryRead(nint argument, out int descriptor)
    {
        descriptor = CapabilityApi.PyObject_AsFileDescriptor(argument);
        if (descriptor >= 0)
        {
            return true;
        }

        // A negative int is for the system to refuse, or means the current folder.
        if (CPython.Is(argument, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            CPython.PyErr_Clear();
            int overflow;
            long value = CPython.PyLong_AsLongLongAndOverflow(argument, &overflow);
            descriptor = overflow == 0 && value is >= int.MinValue and <= int.MaxValue ? (int)value : -1;
            return true;
        }

        return false;
    }
}
