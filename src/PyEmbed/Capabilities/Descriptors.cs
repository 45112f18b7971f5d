using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Which file descriptors Python code may use as numbers. A .NET process has many open that are none of Python's business, and the system gives the lowest number that is free: a number that Python
/// code has closed could come to mean what the host opens next. So the two are kept apart: all that Python code opens is moved at once to numbers that the system gives to nobody by itself, and a
/// number there only ever means what Python code was granted when it opened it. Below, Python may use files that it was granted, in no other way than granted, and closes nothing.
/// </summary>
/// <param name="files">The files that were granted.</param>
/// <param name="first">The first of Python's numbers, as <see cref="Divide"/> finds it.</param>
internal sealed unsafe class Descriptors(FileGrants files, int first)
{
    private const int LastStandard = 2, LongestLink = 4096, Room = 1024, Highest = 1 << 16; // The system keeps a table up to the highest number in use.

    private readonly SafeFileHandle sample = File.OpenHandle("/dev/null"); // Something to copy.

    /// <summary>Whether the descriptor is one of the standard streams, which are the host's.</summary>
    public static bool IsStandard(int descriptor) => descriptor is >= 0 and <= LastStandard;

    /// <summary>The first number of those that are to be Python's: far above what is in use.</summary>
    /// <exception cref="InvalidOperationException">The process may have too few.</exception>
    public static int Divide()
    {
        long limit = CapabilityApi.DescriptorLimit();
        int used = Directory.GetFileSystemEntries("/proc/self/fd").Max(entry => int.TryParse(Path.GetFileName(entry), out int number) ? number : 0);
        long first = Math.Max(Math.Min(limit / 2, Highest), used + Room);
        return first + Room <= limit ? (int)first : throw new InvalidOperationException(
            $"Capabilities need {first + Room} file descriptors, to keep those of Python code apart from the host's, and this process may have {limit}: raise the limit (ulimit -n, LimitNOFILE of systemd, RLIMIT_NOFILE).");
    }

    /// <summary>Whether a call may take a number of the host's, for as long as it runs or what it makes lives. Else there is an exception pending: with all of those in use, the system would give the host Python's.</summary>
    public bool HasRoom(string name)
    {
        int lowest = CapabilityApi.DuplicateBelow((int)sample.DangerousGetHandle(), first / 2);
        if (lowest >= 0)
        {
            CapabilityApi.Close(lowest);
            return true;
        }

        _ = Denied.Refuse($"{name} is denied: so many descriptors are open that those which are left are the host's");
        return false;
    }

    /// <summary>A copy of a descriptor for a call, which closes it; -1 and errno where it is not open, or <see cref="HasRoom"/> would say no.</summary>
    public int Copy(int descriptor) => CapabilityApi.DuplicateBelow(descriptor, first / 2);

    /// <summary>Whether the number is one of Python's.</summary>
    public bool Holds(int descriptor) => descriptor >= first;

    /// <summary>Moves what was opened for Python code to a number of Python's. Other code must not have learnt of the number that it had.</summary>
    /// <returns>The number; or -1 with an exception pending, and it is closed.</returns>
    public int Move(int descriptor)
    {
        if (descriptor >= first / 2)
        {
            CapabilityApi.Close(descriptor);
            _ = Denied.Refuse("opening is denied: so many descriptors are open that those which are left are the host's");
            return -1;
        }

        int moved = CapabilityApi.Duplicate(descriptor, first);
        if (moved < 0)
        {
            CapabilityApi.RaiseError(descriptor);
        }
        else
        {
            CapabilityApi.Close(descriptor);
        }

        return moved;
    }

    /// <summary>The same for what a function of CPython has returned, an int or 0.</summary>
    /// <returns>A new reference in the stead of the one given; or 0 with an exception pending.</returns>
    public nint MoveResult(nint made)
    {
        if (made == 0)
        {
            return 0;
        }

        int overflow;
        int moved = Move((int)CPython.PyLong_AsLongLongAndOverflow(made, &overflow));
        CPython.Py_DecRef(made);
        return moved < 0 ? 0 : CPython.PyLong_FromLongLong(moved);
    }

    /// <summary>Whether what a descriptor stands for may be used so, whoever has opened it.</summary>
    [SkipLocalsInit]
    public bool AllowsWhatItIs(int descriptor, FileUse use)
    {
        Span<byte> room = stackalloc byte[LongestLink];
        return PathIn(CapabilityApi.ReadDescriptor(descriptor, room)) is { Length: > 0 } path && files.AllowsReal(path, use);
    }

    /// <summary>Whether a standard stream may be used so: 0 is there to be read from, 1 and 2 to be written to, from where they are and in no other way.</summary>
    public static bool AllowsStream(int descriptor, FileUse use) =>
        (use & FileUse.Stream) != 0 && IsStandard(descriptor) && (use & (descriptor == 0 ? FileUse.Write : FileUse.Read)) == 0;

    /// <summary>Whether somebody may wait until a descriptor is ready.</summary>
    public bool AllowsWaiting(int descriptor) => IsStandard(descriptor) || Holds(descriptor) || AllowsWhatItIs(descriptor, FileUse.Look);

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
    public static bool TryRead(nint argument, out int descriptor)
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
}
