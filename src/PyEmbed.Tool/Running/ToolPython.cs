using PyEmbed.Discovery;

namespace PyEmbed.Tool.Running;

/// <summary>The CPython that the command itself runs in its process, found as an application finds its own.</summary>
internal static class ToolPython
{
    private const string Source = "--python";

    /// <summary>Starts it, nothing mounted but what the options name.</summary>
    /// <exception cref="ToolException">There is none that can be used, or it does not start.</exception>
    public static PythonInterpreter Start(PythonOptions options)
    {
        try
        {
            return PythonInterpreter.Start(options);
        }
        catch (PythonRuntimeNotFoundException e)
        {
            throw NotFound(e);
        }
        catch (InvalidOperationException e)
        {
            throw new ToolException(ExitCodes.NoPython, $"{e.Message} 'pyembed doctor' shows how it was found.", e);
        }
        catch (InvalidDataException e)
        {
            throw new ToolException(ExitCodes.Input, $"{e.Message} 'pyembed verify' shows what is damaged.", e);
        }
    }

    /// <summary>Options that start the CPython which a user names.</summary>
    /// <param name="path">An interpreter, a shared library, a virtual environment, or an installation's prefix; null for none in particular.</param>
    /// <param name="trees">What to mount.</param>
    /// <param name="keepBytecode">Whether what is compiled is kept for the next time.</param>
    /// <exception cref="ToolException">There is no such file or folder, or the interpreter cannot be used.</exception>
    public static PythonOptions Options(string? path, IReadOnlyList<PythonTree> trees, bool keepBytecode)
    {
        string? codes = keepBytecode ? null : "";
        if (path is null)
        {
            return new PythonOptions { AutoMount = false, Mounts = trees, BytecodeCacheDirectory = codes };
        }

        string place = Path.GetFullPath(path);
        if (Directory.Exists(place))
        {
            bool isEnvironment = File.Exists(Path.Combine(place, "pyvenv.cfg"));
            return new PythonOptions
            {
                AutoMount = false, Mounts = trees, BytecodeCacheDirectory = codes,
                Home = isEnvironment ? null : place, VirtualEnvironment = isEnvironment ? place : null,
                HomeSource = Source, EnvironmentSource = Source,
            };
        }

        if (!File.Exists(place))
        {
            throw new ToolException(ExitCodes.NoPython, $"There is no '{path}', which --python names. Name an interpreter, a shared library of CPython, a virtual environment or an installation's folder.");
        }

        PythonInstallation found = IsLibrary(place) ? new PythonInstallation(place, null, null, null) : Found(place);
        return new PythonOptions
        {
            AutoMount = false, Mounts = trees, BytecodeCacheDirectory = codes,
            Home = found.Home, VirtualEnvironment = found.VirtualEnvironment,
        }.WithLibrary(found.Library, Source);
    }

    /// <summary>The error for a command that cannot do without.</summary>
    public static ToolException NotFound(PythonRuntimeNotFoundException error)
    {
        // Where none was named the message goes on with a line for each place.
        int list = error.Message.IndexOf(" Looked at:", StringComparison.Ordinal);
        string message = list < 0 ? error.Message : $"{error.Message[..list]} 'pyembed doctor' shows every place that was looked at, and what to install.";
        return new ToolException(ExitCodes.NoPython, message, error);
    }

    private static bool IsLibrary(string place) =>
        LibraryName.TryParse(place, out _) || Path.GetExtension(place) is ".so" or ".dll" or ".dylib" || Path.GetFileName(place).Contains(".so.", StringComparison.Ordinal);

    private static PythonInstallation Found(string interpreter)
    {
        try
        {
            return new PythonLocator(DiscoveryPlatform.Current(), new DiscoveryCache(null), InterpreterProbe.Limit).FindOf(interpreter);
        }
        catch (PythonRuntimeNotFoundException e)
        {
            throw NotFound(e);
        }
    }
}
