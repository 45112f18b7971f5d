using System.Buffers.Text;
using System.Runtime.CompilerServices;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Which file descriptors Python code may use as numbers. A .NET process has many open that are none of Python's business. Python may use those that it has opened itself as numbers and that
/// no object of its own (a file, a socket) has taken over, those of its own pipes and sockets, and those of files that it was granted. Only numbers that it has opened may be closed, so that
/// no number of Python's ever comes to mean what the host opens next.
/// </summary>
internal sealed class Descriptors(FileGrants files)
{
    private const int LastStandard = 2, LongestLink = 4096, FewOwn = 256;

    private readonly HashSet<int> loose = []; // Guarded by the GIL, as are the next.
    private readonly Dictionary<int, int> pinned = [];
    private readonly HashSet<(byte Kind, long Number)> own = []; // What the system calls pipes and sockets of Python's objects, such as pipe:[4711].
    private int manyOwn = FewOwn;

    /// <summary>Whether the descriptor is one of the standard streams, which are the host's.</summary>
    public bool IsStandard(int descriptor) => descriptor is >= 0 and <= LastStandard && !loose.Contains(descriptor);

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

    /// <summary>Remembers a pipe or socket that an object of Python's closes: it stays Python's by whatever number.</summary>
    [SkipLocalsInit]
    public void Own(int descriptor)
    {
        Span<byte> room = stackalloc byte[LongestLink];
        if (TryName(CapabilityApi.ReadDescriptor(descriptor, room), out (byte Kind, long Number) name) && own.Add(name) && own.Count > manyOwn)
        {
            Forget();
        }
    }

    /// <summary>Whether what a descriptor stands for may be used so, whoever has opened it.</summary>
    [SkipLocalsInit]
    public bool AllowsWhatItIs(int descriptor, FileUse use)
    {
        Span<byte> room = stackalloc byte[LongestLink];
        ReadOnlySpan<byte> target = CapabilityApi.ReadDescriptor(descriptor, room);
        return PathIn(target) is { Length: > 0 } path ? files.AllowsReal(path, use)
            : (use & FileUse.Change) == 0 && TryName(target, out (byte Kind, long Number) name) && own.Contains(name);
    }

    /// <summary>Whether a standard stream may be used so: 0 is there to be read from, 1 and 2 to be written to, from where they are and in no other way.</summary>
    public bool AllowsStream(int descriptor, FileUse use) =>
        (use & FileUse.Stream) != 0 && IsStandard(descriptor) && (use & (descriptor == 0 ? FileUse.Write : FileUse.Read)) == 0;

    /// <summary>Whether somebody may wait until a descriptor is ready.</summary>
    public bool AllowsWaiting(int descriptor) => IsStandard(descriptor) || loose.Contains(descriptor) || AllowsWhatItIs(descriptor, FileUse.Look);

    /// <summary>What it takes to have a file used as it was opened.</summary>
    public static FileUse UseOfOpen(int descriptor) => (CapabilityApi.OpenMode(descriptor) & CapabilityApi.O_ACCMODE) switch
    {
        0 => FileUse.Read,
        CapabilityApi.O_WRONLY => FileUse.Write,
        _ => FileUse.Read | FileUse.Write,
    };

    /// <summary>The place of what a descriptor stands for; null where it is no file or folder.</summary>
    [SkipLocalsInit]
    public static byte[]? PathOf(int descriptor)
    {
        Span<byte> room = stackalloc byte[LongestLink];
        return PathIn(CapabilityApi.ReadDescriptor(descriptor, room)) is { Length: > 0 } path ? path.ToArray() : null;
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

    private static ReadOnlySpan<byte> PathIn(ReadOnlySpan<byte> target)
    {
        // Memory files are the .NET runtime's, which keeps compiled code in them.
        if (!target.StartsWith("/"u8) || target.StartsWith("/memfd:"u8))
        {
            return default;
        }

        ReadOnlySpan<byte> gone = " (deleted)"u8;
        return target.EndsWith(gone) ? target[..^gone.Length] : target;
    }

    private static bool TryName(ReadOnlySpan<byte> target, out (byte Kind, long Number) name)
    {
        int start = target.IndexOf((byte)'[') + 1;
        bool isPipeOrSocket = target.StartsWith("pipe:"u8) || target.StartsWith("socket:"u8);
        name = isPipeOrSocket && Utf8Parser.TryParse(target[start..], out long number, out _) ? (target[0], number) : default;
        return name != default;
    }

    // The system gives each pipe and socket a number of its own for as long as it lives, so those that are gone need not be remembered, and must not be for ever.
    [SkipLocalsInit]
    private void Forget()
    {
        Span<byte> room = stackalloc byte[LongestLink];
        HashSet<(byte Kind, long Number)> open = [];
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out int descriptor) && TryName(CapabilityApi.ReadDescriptor(descriptor, room), out (byte Kind, long Number) name))
            {
                _ = open.Add(name);
            }
        }

        own.IntersectWith(open);
        manyOwn = Math.Max(FewOwn, 2 * own.Count);
    }
}
