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

    private readonly HashSet<int> loose = []; // Guarded by the GIL, as are the next.
    private readonly Dictionary<int, int> pinned = [];
    private readonly HashSet<string> own = new(StringComparer.Ordinal); // What the system calls pipes and sockets that Python's objects have taken over.

    /// <summary>Whether the descriptor is one of the standard streams.</summary>
    public static bool IsStandard(int descriptor) => descriptor is >= 0 and <= LastStandard;

    /// <summary>Python has opened this one and holds it as a number.</summary>
    public void Add(int descriptor) => loose.Add(descriptor);

    /// <summary>An object of Python's takes the number over, or it is closed. False where it is not Python's to give, or in use by a call.</summary>
    public bool Take(int descriptor) => !pinned.ContainsKey(descriptor) && loose.Remove(descriptor);

    /// <summary>Whether Python holds it as a number.</summary>
    public bool Holds(int descriptor) => loose.Contains(descriptor);

    /// <summary>A call uses a number of Python's, which nobody closes until <see cref="Unpin"/>. False where it is not Python's.</summary>
    public bool Pin(int descriptor)
    {
        if (!loose.Contains(descriptor))
        {
            return false;
        }

        pinned[descriptor] = pinned.GetValueOrDefault(descriptor) + 1;
        return true;
    }

    /// <summary>The end of a use.</summary>
    public void Unpin(int descriptor)
    {
        if (--pinned[descriptor] == 0)
        {
            _ = pinned.Remove(descriptor);
        }
    }

    /// <summary>Remembers a pipe or socket that Python has made, and that an object of its own now closes: it stays Python's by whatever number.</summary>
    public void Own(int descriptor)
    {
        if (LinkOf(descriptor) is { Length: > 0 } link && link[0] != '/')
        {
            _ = own.Add(Encoding.UTF8.GetString(link));
        }
    }

    /// <summary>Whether a descriptor may be used so.</summary>
    public bool Allows(int descriptor, FileUse use) =>
        ((use & FileUse.Change) == 0 && (IsStandard(descriptor) || loose.Contains(descriptor))) || AllowsWhatItIs(descriptor, use);

    /// <summary>Whether what a descriptor stands for may be used so, whoever has opened it.</summary>
    public bool AllowsWhatItIs(int descriptor, FileUse use) =>
        PathOf(descriptor) is { } path ? files.AllowsReal(path, use)
        : (use & FileUse.Change) == 0 && own.Count > 0 && LinkOf(descriptor) is { } link && own.Contains(Encoding.UTF8.GetString(link));

    /// <summary>What it takes to have a file mapped into memory as it was opened.</summary>
    public static FileUse UseOfOpen(int descriptor) => (CapabilityApi.OpenMode(descriptor) & CapabilityApi.O_ACCMODE) switch
    {
        0 => FileUse.Read,
        _ => FileUse.Read | FileUse.Write,
    };

    /// <summary>The place of what a descriptor stands for; null where it is no file or folder.</summary>
    public static byte[]? PathOf(int descriptor)
    {
        byte[]? target = LinkOf(descriptor);

        // Memory files are the .NET runtime's, which keeps compiled code in them.
        if (target is null || target.Length == 0 || target[0] != '/' || target.AsSpan().StartsWith("/memfd:"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> gone = " (deleted)"u8;
        return target.AsSpan().EndsWith(gone) ? target[..^gone.Length] : target;
    }

    private static byte[]? LinkOf(int descriptor) =>
        CapabilityApi.ReadLink(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")));

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
