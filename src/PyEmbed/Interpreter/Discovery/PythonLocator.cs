using System.Collections.ObjectModel;

namespace PyEmbed.Discovery;

/// <summary>
/// Finds the CPython to start: options, <c>PYEMBED_LIBRARY</c>, <c>PYEMBED_HOME</c>, the active virtual environment, the interpreters
/// on PATH, the dynamic loader's folders. What is named by options or a <c>PYEMBED_</c> variable must be usable; of the rest the first usable is taken.
/// </summary>
internal sealed class PythonLocator(DiscoveryPlatform platform, DiscoveryCache cache, TimeSpan probeLimit)
{
    private readonly List<DiscoveryStep> _steps = [];

    /// <summary>The places that were looked at, in order.</summary>
    public IReadOnlyList<DiscoveryStep> Steps => _steps;

    /// <summary>X of the system's own python3.X, if all that it lacks is its shared library.</summary>
    public int? StaticMinor { get; private set; }

    /// <summary>The command that installs what is missing; null where the machine has no package manager that is known.</summary>
    public string? InstallCommand => InstallationAdvice.Command(platform, StaticMinor);

    /// <summary>Finds the CPython for these options on this machine.</summary>
    /// <exception cref="PythonRuntimeNotFoundException">None is usable.</exception>
    public static PythonInstallation Locate(PythonOptions options)
    {
        DiscoveryPlatform platform = DiscoveryPlatform.Current();
        return new PythonLocator(platform, new DiscoveryCache(platform.CacheFolder), InterpreterProbe.Limit).Find(options);
    }

    /// <summary>Finds the CPython for these options.</summary>
    /// <exception cref="PythonRuntimeNotFoundException">None is usable.</exception>
    public PythonInstallation Find(PythonOptions options)
    {
        if ((options.Library ?? options.Home ?? options.VirtualEnvironment) is not null)
        {
            return Named(
                (options.Library, options.LibrarySource), (options.Home, options.HomeSource),
                (options.VirtualEnvironment, options.EnvironmentSource));
        }

        string? library = Noted("PYEMBED_LIBRARY");
        string? home = Noted("PYEMBED_HOME");
        if (library is not null || home is not null)
        {
            return Named((library, "PYEMBED_LIBRARY"), (home, "PYEMBED_HOME"), (null, ""));
        }

        return ActiveEnvironment() ?? OnPath() ?? InLoaderFolders()
            ?? throw new PythonRuntimeNotFoundException(NotFoundMessage(), Searched());
    }

    /// <summary>Finds the CPython of one interpreter.</summary>
    /// <exception cref="PythonRuntimeNotFoundException">It cannot be used.</exception>
    public PythonInstallation FindOf(string interpreter) =>
        Ask([interpreter]) ?? throw new PythonRuntimeNotFoundException($"The CPython of '{interpreter}' cannot be used: {_steps[^1].Finding}.", Searched());

    private string? Noted(string variable)
    {
        string? value = platform.Variable(variable);
        if (value is null)
        {
            Refuse(variable, "not set");
        }

        return value;
    }

    private PythonInstallation Named((string? Path, string Name) library, (string? Path, string Name) home, (string? Path, string Name) environment)
    {
        PythonInstallation? found = null;
        string? environmentRoot = null;
        if (environment.Path is not null)
        {
            environmentRoot = Path.GetFullPath(environment.Path);
            if (!IsEnvironment(environmentRoot))
            {
                throw Unusable(environment.Name, environment.Path, "it is no virtual environment: it holds no pyvenv.cfg. Create one with 'python3 -m venv'");
            }

            string? interpreter = Array.Find(platform.InterpretersUnder(environmentRoot, minor: null), File.Exists);
            if (interpreter is null)
            {
                throw Unusable(environment.Name, environment.Path, "its interpreter is missing (the Python it was made from may have been removed)");
            }

            // With the library named as well there is nothing to ask; the interpreter only tells CPython where the environment is.
            found = library.Path is null ? Ask([interpreter]) : new PythonInstallation("", interpreter, null, environmentRoot);
            if (found is null)
            {
                throw Unusable(environment.Name, environment.Path, _steps[^1].ToString());
            }
        }

        string? homeRoot = home.Path is null ? null : Path.GetFullPath(home.Path);
        if (homeRoot is not null && !Directory.Exists(homeRoot))
        {
            throw Unusable(home.Name, home.Path!, "there is no such folder");
        }

        if (library.Path is not null)
        {
            string file = Path.GetFullPath(library.Path);
            string? refusal = Refusal(file);
            if (refusal is not null)
            {
                throw Unusable(library.Name, library.Path, refusal);
            }

            return Take($"{library.Name}={library.Path}", Complete(file, homeRoot, environmentRoot, found?.Executable));
        }

        if (homeRoot is not null)
        {
            List<DiscoveryStep> refusals = [];
            string? file = BestLibrary(platform.LibraryFoldersUnder(homeRoot), refusals);
            return file is not null
                ? Take($"{home.Name}={home.Path}", Complete(file, homeRoot, environmentRoot, found?.Executable))
                : throw Unusable(home.Name, home.Path!, refusals.Count > 0 ? string.Join("; ", refusals)
                    : $"no CPython library ({platform.LibraryFile(LibraryName.OldestMinor)} to {platform.LibraryFile(LibraryName.NewestMinor)}) in {string.Join(", ", platform.LibraryFoldersUnder(homeRoot))}");
        }

        return found!;
    }

    private PythonInstallation? ActiveEnvironment()
    {
        string? root = Noted("VIRTUAL_ENV");
        if (root is null)
        {
            return null;
        }

        string? interpreter = IsEnvironment(root) ? Array.Find(platform.InterpretersUnder(root, minor: null), File.Exists) : null;
        if (interpreter is null)
        {
            Refuse($"VIRTUAL_ENV={root}", "no virtual environment is there");
            return null;
        }

        return Ask([interpreter]);
    }

    private PythonInstallation? OnPath()
    {
        List<string> interpreters = [];
        HashSet<string> seen = [];
        foreach (string folder in platform.PathFolders())
        {
            string file = Path.Combine(folder, platform.InterpreterFile);
            if (File.Exists(file) && seen.Add(RealPath(file)))
            {
                interpreters.Add(file);
            }
        }

        if (interpreters.Count == 0)
        {
            Refuse("PATH", $"no {platform.InterpreterFile} in any of its folders");
            return null;
        }

        return Ask(interpreters);
    }

    private PythonInstallation? InLoaderFolders()
    {
        List<DiscoveryStep> refusals = [];
        string? file = BestLibrary(platform.LoaderFolders, refusals);
        _steps.AddRange(refusals);
        string place = $"loader folders ({string.Join(", ", platform.LoaderFolders)})";
        if (file is null)
        {
            Refuse(place, $"no usable {platform.LibraryFile(LibraryName.OldestMinor)} to {platform.LibraryFile(LibraryName.NewestMinor)}");
            return null;
        }

        return Take(place, Complete(file, home: null, environment: null, executable: null));
    }

    /// <summary>The installation of the first interpreter that has a usable one, asked or remembered.</summary>
    private PythonInstallation? Ask(IReadOnlyList<string> interpreters)
    {
        string key = DiscoveryCache.Key(interpreters, platform);
        PythonInstallation? found = cache.Find(key);
        if (found is not null)
        {
            return Take(found.Executable ?? found.Library, found);
        }

        foreach (string interpreter in interpreters)
        {
            InterpreterAnswers? answers = InterpreterProbe.Ask(interpreter, probeLimit, out string problem);
            if (answers is null)
            {
                Refuse(interpreter, problem);
                continue;
            }

            string name = $"{interpreter} (Python {answers.Version})";
            if (answers.Refusal(platform.Architecture) is { } refusal)
            {
                Refuse(name, refusal);
                continue;
            }

            string? library = UsableLibrary(answers, name);
            if (library is not null)
            {
                string executable = answers.Executable.Length > 0 ? answers.Executable : interpreter;
                found = new PythonInstallation(library, executable, platform.IsWindows ? answers.BasePrefix : null, EnvironmentOf(executable));
                cache.Store(key, found);
                return Take(name, found);
            }
        }

        return null;
    }

    private string? UsableLibrary(InterpreterAnswers answers, string name)
    {
        List<DiscoveryStep> refusals = [];
        string? library = FirstUsable(answers.Libraries(platform), refusals);
        if (library is null && refusals.Count == 0)
        {
            Refuse(name, $"it is linked statically and its shared library {platform.LibraryFile(answers.Version.Minor)} is not installed");
            if (answers.BasePrefix == "/usr")
            {
                StaticMinor ??= answers.Version.Minor; // The system's own: its package manager has the library.
            }
        }
        else if (library is null)
        {
            Refuse(name, string.Join("; ", refusals));
        }

        return library;
    }

    /// <summary>The newest usable library of these folders; the reasons against others go to <paramref name="refusals"/>.</summary>
    private string? BestLibrary(IReadOnlyList<string> folders, List<DiscoveryStep> refusals) => FirstUsable(LibrariesIn(folders), refusals);

    private IEnumerable<string> LibrariesIn(IReadOnlyList<string> folders)
    {
        for (int minor = LibraryName.NewestMinor; minor >= LibraryName.OldestMinor; minor--)
        {
            foreach (string folder in folders)
            {
                yield return Path.Combine(folder, platform.LibraryFile(minor));
            }
        }
    }

    private string? FirstUsable(IEnumerable<string> files, List<DiscoveryStep> refusals)
    {
        foreach (string file in files)
        {
            if (!File.Exists(file))
            {
                continue;
            }

            string? refusal = Refusal(file);
            if (refusal is null)
            {
                return file;
            }

            refusals.Add(new DiscoveryStep(file, refusal));
        }

        return null;
    }

    private string? Refusal(string library)
    {
        if (!File.Exists(library))
        {
            return "there is no such file";
        }

        string file = Path.GetFileName(library);
        return file is "libpython3.so" or "python3.dll"
            ? "it only forwards the stable ABI; name the library of one version, such as " + platform.LibraryFile(LibraryName.OldestMinor + 2)
            : (LibraryName.TryParse(library, out LibraryName name) ? name.Refusal : null) ?? LibraryHeader.Refusal(library, platform.Architecture);
    }

    /// <summary>Adds to a library the interpreter and the prefix that go with it, found from where it lies.</summary>
    private PythonInstallation Complete(string library, string? home, string? environment, string? executable)
    {
        if (LibraryName.TryParse(library, out LibraryName name))
        {
            string? root = home ?? Path.GetDirectoryName(RealPath(library));
            for (int up = 0; root is not null && up < 4 && (executable is null || home is null); up++, root = Path.GetDirectoryName(root))
            {
                executable ??= Array.Find(platform.InterpretersUnder(root, name.Minor), File.Exists);
                string landmark = platform.IsWindows ? Path.Combine(root, "Lib", "os.py") : Path.Combine(root, "lib", $"python3.{name.Minor}", "os.py");
                if (executable is null && home is null && File.Exists(landmark))
                {
                    home = root;
                }
            }
        }

        return new PythonInstallation(library, executable, home, environment);
    }

    private static string? EnvironmentOf(string executable)
    {
        string? root = Path.GetDirectoryName(Path.GetDirectoryName(executable));
        return root is not null && IsEnvironment(root) ? root : null;
    }

    private static bool IsEnvironment(string root) => File.Exists(Path.Combine(root, "pyvenv.cfg"));

    private static string RealPath(string file) =>
        new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;

    private void Refuse(string place, string reason) => _steps.Add(new DiscoveryStep(place, reason));

    private PythonInstallation Take(string place, PythonInstallation found)
    {
        _steps.Add(new DiscoveryStep(place, $"its library is {found.Library}", IsTaken: true));
        return found;
    }

    private ReadOnlyCollection<string> Searched() => _steps.ConvertAll(step => step.ToString()).AsReadOnly();

    private PythonRuntimeNotFoundException Unusable(string source, string value, string reason)
    {
        Refuse($"{source}={value}", reason);
        return new PythonRuntimeNotFoundException($"The CPython named by {source} cannot be used: '{value}': {reason}.", Searched());
    }

    private string NotFoundMessage()
    {
        return $"No usable CPython (3.{LibraryName.OldestMinor} or newer, default build, with a shared library, for {platform.Architecture}) was found. Looked at:\n  "
            + string.Join("\n  ", _steps)
            + $"\nTo fix it, {InstallationAdvice.Sentence(platform, StaticMinor)}; or set PYEMBED_LIBRARY (or PythonOptions.Library) to the path of {platform.LibraryFile(13)} or the like.";
    }
}
