using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace PyEmbed;

/// <summary>The few calls to the C library and loader that .NET has no API for, found in the running process, so that no library name is assumed (musl has no libdl).</summary>
internal static unsafe class NativeHost
{
    public const int SIGINT = 2, SIGPIPE = 13, SIGXFSZ = 25;

    // struct sigaction is below 160 bytes on every Unix that .NET runs on.
    private const int SigactionRoom = 512;

    private const int RTLD_NOW = 2;

    private static int RtldGlobal => OperatingSystem.IsMacOS() ? 8 : 0x100;

    /// <summary>
    /// A handle through which CPython's functions are found, if CPython is in this process already: part of the program, or loaded by another host.
    /// A second libpython must then never be loaded.
    /// </summary>
    public static bool TryFindLoadedPython(out nint handle)
    {
        handle = NativeLibrary.GetMainProgramHandle();
        if (NativeLibrary.TryGetExport(handle, "Py_IsInitialized", out _))
        {
            return true;
        }

        handle = 0;
        return OperatingSystem.IsWindows() && TryFindAmongModules(out handle);
    }

    // Untested: on Windows exports of other modules are not visible through the program's handle.
    // A method of its own, because compiling it loads three assemblies, which takes milliseconds.
    private static bool TryFindAmongModules(out nint handle)
    {
        foreach (ProcessModule module in Process.GetCurrentProcess().Modules)
        {
            if (Discovery.LibraryName.TryParse(module.ModuleName, out _) && NativeLibrary.TryLoad(module.FileName, out handle))
            {
                return true;
            }
        }

        handle = 0;
        return false;
    }

    /// <summary>Loads libpython so that extension modules, which do not name it as a dependency, find its symbols.</summary>
    /// <exception cref="DllNotFoundException">The loader refuses; the message is its own.</exception>
    public static nint LoadGlobally(string library)
    {
        if (OperatingSystem.IsWindows())
        {
            return NativeLibrary.Load(library);
        }

        nint handle;
        fixed (byte* path = NullTerminated(library))
        {
            handle = ((delegate* unmanaged[Cdecl]<byte*, int, nint>)Export("dlopen"))(path, RTLD_NOW | RtldGlobal);
        }

        return handle != 0
            ? handle
            : throw new DllNotFoundException(LoaderError());
    }

    // ReadyToRun compiles no method that calls native code on its way to throw.
    private static string? LoaderError() => Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)Export("dlerror"))());

    /// <summary>The process-wide action of a signal, as an opaque copy; empty on Windows.</summary>
    public static byte[] GetSignalAction(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        byte[] action = new byte[SigactionRoom];
        fixed (byte* buffer = action)
        {
            _ = Sigaction(signal, null, buffer);
        }

        return action;
    }

    /// <summary>Puts a signal's action back as <see cref="GetSignalAction"/> gave it.</summary>
    public static void SetSignalAction(int signal, byte[] action)
    {
        fixed (byte* buffer = action)
        {
            if (buffer != null)
            {
                _ = Sigaction(signal, buffer, null);
            }
        }
    }

    /// <summary>Whether the calling thread is the one that the process began with, to which the kernel delivers signals first.</summary>
    public static bool IsMainThread()
    {
        nint program = NativeLibrary.GetMainProgramHandle();
        return OperatingSystem.IsWindows()
            || (NativeLibrary.TryGetExport(program, "pthread_main_np", out nint main)
                ? ((delegate* unmanaged[Cdecl]<int>)main)() != 0
                : NativeLibrary.TryGetExport(program, "gettid", out nint gettid)
                    && ((delegate* unmanaged[Cdecl]<int>)gettid)() == Environment.ProcessId);
    }

    /// <summary>Ends the process at once: no handler runs, neither .NET's nor C's.</summary>
    public static void EndProcess(int exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            // Untested.
            nint kernel = NativeLibrary.Load("kernel32.dll");
            ((delegate* unmanaged[Stdcall]<nint, int, int>)NativeLibrary.GetExport(kernel, "TerminateProcess"))(-1, exitCode);
        }
        else
        {
            ((delegate* unmanaged[Cdecl]<int, void>)Export("_exit"))(exitCode);
        }
    }

    /// <summary>Ends a process at once, and all of the process group that it leads. Does nothing where there is none. Not for Windows.</summary>
    public static void KillGroup(int process)
    {
        const int SIGKILL = 9;
        var kill = (delegate* unmanaged[Cdecl]<int, int, int>)Export("kill");
        _ = kill(-process, SIGKILL);
        _ = kill(process, SIGKILL);
    }

    /// <summary>Whether a path leads to a regular file, links followed; null where the system does not say, as of a link that leads nowhere. Not for Windows.</summary>
    public static bool? IsRegularFile(string path)
    {
        const int currentFolder = -100, statxType = 1, typeMask = 0xF000, regular = 0x8000;
        const int modeInStatx = 28, modeInStat = 4, room = 512;
        byte* buffer = stackalloc byte[room];
        nint program = NativeLibrary.GetMainProgramHandle();
        fixed (byte* name = NullTerminated(path))
        {
            if (NativeLibrary.TryGetExport(program, "statx", out nint statx))
            {
                return ((delegate* unmanaged[Cdecl]<int, byte*, int, uint, byte*, int>)statx)(currentFolder, name, 0, statxType, buffer) == 0
                    ? (*(ushort*)(buffer + modeInStatx) & typeMask) == regular
                    : null;
            }

            // Untested: macOS, where the first of the two is that of 64-bit inode numbers on Intel.
            return OperatingSystem.IsMacOS()
                && (NativeLibrary.TryGetExport(program, "stat$INODE64", out nint stat) || NativeLibrary.TryGetExport(program, "stat", out stat))
                && ((delegate* unmanaged[Cdecl]<byte*, byte*, int>)stat)(name, buffer) == 0
                    ? (*(ushort*)(buffer + modeInStat) & typeMask) == regular
                    : null;
        }
    }

    /// <summary>UTF-8 with a final zero byte.</summary>
    public static byte[] NullTerminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static int Sigaction(int signal, byte* action, byte* previous) =>
        ((delegate* unmanaged[Cdecl]<int, byte*, byte*, int>)Export("sigaction"))(signal, action, previous);

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}
