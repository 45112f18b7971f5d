using System.Runtime.InteropServices;
using PyEmbed.Discovery;
using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>Loads CPython and initialises it, isolated, in UTF-8 mode, without signal handlers.</summary>
internal static unsafe class PythonStartup
{
    /// <summary>Binds the C API to the library, after ruling out builds whose objects PyEmbed cannot handle.</summary>
    /// <exception cref="PythonRuntimeNotFoundException">The library cannot be loaded, or is a free-threaded, a debug, or too old a build.</exception>
    public static void Load(PythonInstallation installation)
    {
        nint handle;
        try
        {
            handle = NativeHost.LoadGlobally(installation.Library);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new PythonRuntimeNotFoundException($"The CPython library '{installation.Library}' cannot be loaded: {e.Message}", e);
        }

        Bind(handle, $"The library '{installation.Library}'");
    }

    /// <summary>Binds the C API to a loaded CPython.</summary>
    public static void Bind(nint handle, string subject)
    {
        if (!NativeLibrary.TryGetExport(handle, "Py_GetVersion", out nint getVersion))
        {
            throw new PythonRuntimeNotFoundException($"{subject} is no CPython: it does not export Py_GetVersion.");
        }

        string version = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)getVersion)()) ?? "";
        string[] parts = version.Split('.', 3);
        string? refusal = parts.Length == 3 && parts[0] == "3" && int.TryParse(parts[1], out int minor)
            ? new LibraryName(minor, version.Contains("free-threading", StringComparison.Ordinal), CPython.IsDebugBuild(handle)).Refusal
            : $"Python '{version}' is not CPython 3";
        if (refusal is not null)
        {
            throw new PythonRuntimeNotFoundException($"{subject} (Python {version}) cannot be used: {refusal}.");
        }

        CPython.Bind(handle);
    }

    /// <summary>The managed thread that initialised CPython; Python's main thread.</summary>
    public static int MainThread { get; private set; }

    /// <summary>The minor version of the bound CPython.</summary>
    public static Version Version => new(CPython.Version >> 8, CPython.Version & 0xFF);

    /// <summary>Whether the bound CPython runs.</summary>
    public static bool IsInitialized => CPython.Py_IsInitialized() != 0;

    /// <summary>Initialises the bound CPython on the calling thread and releases the GIL.</summary>
    /// <exception cref="InvalidOperationException">CPython does not start; the message is its own.</exception>
    public static void Initialize(PythonInstallation installation)
    {
        CheckHome(installation.Home);

        // CPython takes SIGINT and ignores SIGPIPE and SIGXFSZ; what .NET and the program have decided about them stays.
        byte[] interrupt = NativeHost.GetSignalAction(NativeHost.SIGINT);
        byte[] pipe = NativeHost.GetSignalAction(NativeHost.SIGPIPE);
        byte[] size = NativeHost.GetSignalAction(NativeHost.SIGXFSZ);
        string? error = CPython.Version >= 0x030E ? InitializeByNames(installation) : InitializeByArguments(installation);
        NativeHost.SetSignalAction(NativeHost.SIGINT, interrupt);
        NativeHost.SetSignalAction(NativeHost.SIGPIPE, pipe);
        NativeHost.SetSignalAction(NativeHost.SIGXFSZ, size);
        if (error is not null)
        {
            throw new InvalidOperationException(
                $"CPython did not start: {error}. Library: {installation.Library}; interpreter: {installation.Executable ?? "none found"}; " +
                $"home: {installation.Home ?? "computed by CPython"}. The standard library must be that of this very version.");
        }

        MainThread = Environment.CurrentManagedThreadId;
        Interop.ThreadState.KeepCurrent();
        CPython.PyEval_SaveThread();
    }

    /// <summary>The name that CPython computes its prefix from: the interpreter's path, or where it would be.</summary>
    private static string ProgramName(PythonInstallation installation) => installation.Executable
        ?? (installation.Home is { } home && !OperatingSystem.IsWindows() ? Path.Combine(home, "bin", "python3") : "python3");

    private static string? InitializeByArguments(PythonInstallation installation)
    {
        List<string> arguments = [ProgramName(installation), "-I", "-X", "utf8=1", "-c", "pass"];
        if (installation.VirtualEnvironment is null)
        {
            arguments.Insert(2, "-S");
        }

        nint* pointers = stackalloc nint[arguments.Count];
        for (int i = 0; i < arguments.Count; i++)
        {
            pointers[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        }

        void* config = NativeMemory.AllocZeroed(CPython.PyConfigRoom);
        CPython.PyConfig_InitPythonConfig(config);

        // The arguments preinitialise CPython (UTF-8 mode among others); only then can the home be decoded.
        string? error = CPython.PyConfig_SetBytesArgv(config, arguments.Count, (byte**)pointers).Error;
        if (error is null && installation.Home is { } home)
        {
            fixed (byte* text = NativeHost.NullTerminated(home))
            {
                CPython.Py_SetPythonHome(CPython.Py_DecodeLocale(text, null));
            }
        }

        error ??= CPython.Py_InitializeFromConfig(config).Error;

        // An error's texts may lie in the configuration; they are copied by now.
        CPython.PyConfig_Clear(config);
        NativeMemory.Free(config);
        for (int i = 0; i < arguments.Count; i++)
        {
            Marshal.FreeCoTaskMem(pointers[i]);
        }

        return error;
    }

    // Untested: written to PEP 741, which came with 3.14.
    private static string? InitializeByNames(PythonInstallation installation)
    {
        void* config = CPython.PyInitConfig_Create();
        if (config == null)
        {
            return "no memory for its configuration";
        }

        // PyInitConfig begins isolated and installs no signal handlers.
        bool set = SetInt(config, "utf8_mode"u8, 1)
            && SetInt(config, "site_import"u8, installation.VirtualEnvironment is null ? 0 : 1)
            && SetText(config, "program_name"u8, ProgramName(installation))
            && (installation.Home is null || SetText(config, "home"u8, installation.Home));
        string? error = null;
        if (!set || CPython.Py_InitializeFromInitConfig(config) < 0)
        {
            byte* text = null;
            error = CPython.PyInitConfig_GetError(config, &text) != 0 ? Marshal.PtrToStringUTF8((nint)text) : "for no reason given";
        }

        CPython.PyInitConfig_Free(config);
        return error;
    }

    private static bool SetInt(void* config, ReadOnlySpan<byte> name, long value)
    {
        fixed (byte* key = name)
        {
            return CPython.PyInitConfig_SetInt(config, key, value) == 0;
        }
    }

    private static bool SetText(void* config, ReadOnlySpan<byte> name, string value)
    {
        fixed (byte* key = name, text = NativeHost.NullTerminated(value))
        {
            return CPython.PyInitConfig_SetStr(config, key, text) == 0;
        }
    }

    // A wrong home makes CPython write to stderr and, in some versions, leaves it half initialised: found out before.
    private static void CheckHome(string? home)
    {
        if (home is null)
        {
            return;
        }

        string minor = $"{CPython.Version & 0xFF}";
        string[] landmarks = OperatingSystem.IsWindows()
            ? [Path.Combine(home, "Lib", "os.py"), Path.Combine(home, $"python3{minor}.zip")]
            : [Path.Combine(home, "lib", $"python3.{minor}", "os.py"), Path.Combine(home, "lib64", $"python3.{minor}", "os.py"), Path.Combine(home, "lib", $"python3{minor}.zip")];
        if (!Array.Exists(landmarks, File.Exists))
        {
            throw new PythonRuntimeNotFoundException(
                $"The home '{home}' has no standard library of Python 3.{minor}: none of {string.Join(", ", landmarks)} is there. " +
                "Set PythonOptions.Home (or PYEMBED_HOME) to the prefix of that version's installation, or leave it unset.");
        }
    }
}
