using PyEmbed.Discovery;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>Brings pythonnet to the very CPython that PyEmbed runs, or PyEmbed to the one that was named for pythonnet.</summary>
internal static class PythonNetLibrary
{
    private static readonly Version PythonNetVersion = typeof(PythonEngine).Assembly.GetName().Version!;

    // What pythonnet names as its oldest, 3.7 in 3.1 and 3.10 in 3.2, are versions that it has left out.
    private static readonly Version OldestKnown = new(3, PythonNetVersion >= new Version(3, 2) ? 11 : 10);

    private static readonly Version OldestSupported = PythonEngine.MinSupportedVersion > OldestKnown ? PythonEngine.MinSupportedVersion : OldestKnown;

    /// <summary>The options, with the library that was named for pythonnet where they name nothing.</summary>
    public static PythonOptions Apply(PythonOptions options)
    {
        if ((options.Library ?? options.Home ?? options.VirtualEnvironment) is not null || Named() is not { } library)
        {
            return options;
        }

        return options.WithLibrary(library, "Runtime.PythonDLL (PYTHONNET_PYDLL)");
    }

    /// <summary>Refuses a CPython that this pythonnet does not support.</summary>
    /// <exception cref="NotSupportedException">It does not.</exception>
    public static void Approve(string library, Version version)
    {
        if (!PythonEngine.IsSupportedVersion(version) || version < OldestSupported)
        {
            throw NotSupported(library, version, null);
        }
    }

    /// <summary>Initialises pythonnet in the running CPython, without holding the GIL afterwards.</summary>
    /// <exception cref="InvalidOperationException">pythonnet was initialised before.</exception>
    /// <exception cref="NotSupportedException">It does not support this CPython.</exception>
    public static void Initialize(PythonInterpreter interpreter)
    {
        string library = ProcessPython.LoadedLibrary ?? "the CPython in this process";
        Approve(library, PythonStartup.Version);

        // pythonnet takes the GIL too, once more and for good: what it does is nested in this hold, whose end releases it all the same.
        using IDisposable hold = interpreter.Hold();
        using PythonObject module = interpreter.Import("pyembed._pythonnet");
        if (module.InvokeMethod<bool>("was_initialised"))
        {
            throw new InvalidOperationException(
                "pythonnet was initialised in this process before, and shut down or in another load context: it can be started once in a process. Start it by PythonNetBridge.Start alone, and end it with the process.");
        }

        // null means to pythonnet: what is in the process, where its symbols are global.
        Runtime.PythonDLL = ProcessPython.LoadedLibrary;
        try
        {
            PythonEngine.Initialize(setSysArgv: false);
        }
        catch (NotSupportedException e)
        {
            throw NotSupported(library, PythonStartup.Version, e);
        }
    }

    private static NotSupportedException NotSupported(string library, Version version, NotSupportedException? inner) => new(
        $"pythonnet {PythonNetVersion.ToString(3)} does not support Python {version} ({library}): " +
        $"{inner?.Message ?? $"it supports {OldestSupported.ToString(2)} to {PythonEngine.MaxSupportedVersion.ToString(2)}"}. " +
        "Set PythonOptions.Library (or PYEMBED_LIBRARY) to the library of another version, or reference a version of pythonnet that supports this one.", inner);

    private static string? Named()
    {
        if (Runtime.PythonDLL is not { Length: > 0 } library)
        {
            return null;
        }

        string folder = Path.GetDirectoryName(library) ?? "";
        if (folder.Length == 0)
        {
            // A bare name is for the dynamic loader to resolve.
            return DiscoveryPlatform.Current().LoaderFolders.Select(place => Path.Combine(place, library)).FirstOrDefault(File.Exists) ?? library;
        }

        bool named = Environment.GetEnvironmentVariable("PYTHONNET_PYDLL") is { Length: > 0 } || Environment.GetEnvironmentVariable("PYTHONNET_VENV") is { Length: > 0 };
        return named || !IsGuess(folder, Environment.GetEnvironmentVariable("VIRTUAL_ENV")) ? library : null;
    }

    // In a virtual environment that is active pythonnet guesses a library beside the environment's base: nobody named it, and PyEmbed starts in the environment.
    internal static bool IsGuess(string folder, string? environment)
    {
        string settings = Path.Combine(environment ?? "", "pyvenv.cfg");
        if (environment is not { Length: > 0 } || !File.Exists(settings))
        {
            return false;
        }

        string? home = File.ReadLines(settings).Select(line => line.Split('=', 2)).LastOrDefault(parts => parts is [var key, _] && key.Trim() == "home")?[1].Trim();
        return home is not null && Array.Exists(["../lib64", "../lib", "."], place => Path.GetDirectoryName(Path.Combine(home, place, "library")) == folder);
    }
}
