using PyEmbed.Discovery;

namespace PyEmbed;

/// <summary>The CPython of this process: one that runs already, or one that is found, loaded and initialised, once, whichever copy of this assembly comes first.</summary>
internal static class ProcessPython
{
    private const string FailureName = "PyEmbed.InitializationFailed";

    // What all copies of this assembly in the process agree on: an interned string is one object in every load context.
    private static readonly object ProcessLock = string.Intern("PyEmbed: the lock of who starts CPython in this process");

    /// <summary>What this assembly has started, or null where CPython was initialised before.</summary>
    public static PythonInstallation? Started { get; private set; }

    /// <summary>Path of the library that this assembly loaded, or null where CPython was in the process before.</summary>
    public static string? LoadedLibrary { get; private set; }

    /// <summary>Binds the C API to a CPython that runs: attaches, or starts it.</summary>
    /// <param name="options">How to find and start it.</param>
    /// <param name="approve">As for <see cref="PythonInterpreter.StartApproved"/>.</param>
    /// <exception cref="InvalidOperationException">The options ask for what only a fresh start can give; CPython does not start, or failed to before.</exception>
    /// <exception cref="PythonRuntimeNotFoundException">No usable CPython was found.</exception>
    public static void Ensure(PythonOptions options, Action<string, Version>? approve)
    {
        if (Started is not null)
        {
            return; // By this assembly, in a Start that failed later on.
        }

        // To look for a CPython and to start one is a single step. No thread waits here for the GIL, so one that comes with it may wait, too.
        lock (ProcessLock)
        {
            FindOrInitialize(options, approve);
        }
    }

    private static void FindOrInitialize(PythonOptions options, Action<string, Version>? approve)
    {
        if (AppContext.GetData(FailureName) is not null)
        {
            throw new InvalidOperationException("CPython failed to start in this process before; it cannot be tried again.");
        }

        bool isLoaded = NativeHost.TryFindLoadedPython(out nint handle);
        if (isLoaded)
        {
            PythonStartup.Bind(handle, "The CPython in this process");
            approve?.Invoke("the CPython in this process", PythonStartup.Version);
            if (PythonStartup.IsInitialized)
            {
                OptionChecks.RefuseFresh(options);
                return;
            }
        }

        PythonInstallation installation = PythonLocator.Locate(options);
        if (ResolutionOrder.IsRegistryFirst(options) && options.VirtualEnvironment is null)
        {
            installation = installation with { VirtualEnvironment = null }; // An active one was not asked for.
        }

        if (!isLoaded)
        {
            if (approve is not null && LibraryName.TryParse(installation.Library, out LibraryName name))
            {
                approve(installation.Library, new Version(3, name.Minor));
            }

            PythonStartup.Load(installation);
            LoadedLibrary = installation.Library;
            approve?.Invoke(installation.Library, PythonStartup.Version);
        }

        AppContext.SetData(FailureName, true);
        PythonStartup.Initialize(installation);
        AppContext.SetData(FailureName, null);
        Started = installation;
    }
}
