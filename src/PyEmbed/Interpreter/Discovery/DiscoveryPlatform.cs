using System.Runtime.InteropServices;

namespace PyEmbed.Discovery;

/// <summary>
/// What discovery asks of the machine: variables, folders, file names. Tests give it another machine's.
/// The Windows and macOS answers follow the layouts that python.org's installers and Homebrew document; they are untested.
/// </summary>
internal sealed class DiscoveryPlatform
{
    private readonly Func<string, string?> _variable;
    private IReadOnlyList<string>? _loaderFolders;

    private DiscoveryPlatform(Func<string, string?> variable, Architecture architecture, IReadOnlyList<string>? loaderFolders, string workingDirectory)
    {
        _variable = variable;
        Architecture = architecture;
        _loaderFolders = loaderFolders;
        WorkingDirectory = workingDirectory;
    }

    public bool IsWindows { get; } = OperatingSystem.IsWindows();

    public bool IsMacOS { get; } = OperatingSystem.IsMacOS();

    public Architecture Architecture { get; }

    /// <summary>The folders that the dynamic loader searches, as far as they can be known without asking it.</summary>
    public IReadOnlyList<string> LoaderFolders => _loaderFolders ??= DefaultLoaderFolders(Architecture);

    public string WorkingDirectory { get; }

    /// <summary>This machine.</summary>
    public static DiscoveryPlatform Current()
    {
        Architecture architecture = RuntimeInformation.ProcessArchitecture;
        return new DiscoveryPlatform(Environment.GetEnvironmentVariable, architecture, loaderFolders: null, Environment.CurrentDirectory);
    }

    /// <summary>A machine with these variables and loader folders only.</summary>
    public static DiscoveryPlatform Create(IReadOnlyDictionary<string, string> variables, IReadOnlyList<string> loaderFolders, string workingDirectory) =>
        new(variables.GetValueOrDefault, RuntimeInformation.ProcessArchitecture, loaderFolders, workingDirectory);

    /// <summary>The variable's value; null if unset or empty.</summary>
    public string? Variable(string name) => _variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The folders of PATH, absolute ones only: a relative one would let the working directory choose the interpreter.</summary>
    public IEnumerable<string> PathFolders()
    {
        foreach (string folder in (Variable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (Path.IsPathFullyQualified(folder))
            {
                yield return folder;
            }
        }
    }

    /// <summary>The name under which an interpreter is on PATH.</summary>
    public string InterpreterFile => IsWindows ? "python.exe" : "python3";

    /// <summary>The interpreter of an installation or virtual environment: these names below its root. Where the version matters only the name that tells it will do.</summary>
    public string[] InterpretersUnder(string root, int? minor) => IsWindows
        ? [Path.Combine(root, "Scripts", "python.exe"), Path.Combine(root, "python.exe")]
        : minor is null
            ? [Path.Combine(root, "bin", "python3"), Path.Combine(root, "bin", "python")]
            : [Path.Combine(root, "bin", $"python3.{minor}")];

    /// <summary>The shared library's file name for CPython 3.<paramref name="minor"/>.</summary>
    public string LibraryFile(int minor) =>
        IsWindows ? $"python3{minor}.dll" : IsMacOS ? $"libpython3.{minor}.dylib" : $"libpython3.{minor}.so.1.0";

    /// <summary>Where an installation with this prefix keeps its shared library.</summary>
    public string[] LibraryFoldersUnder(string home) => IsWindows
        ? [home]
        : [Path.Combine(home, "lib"), Path.Combine(home, "lib64"), Path.Combine(home, "lib", Multiarch(Architecture))];

    /// <summary>The folder for files that may be thrown away, private to the user; null where the user has none.</summary>
    public string? CacheFolder
    {
        get
        {
            string? folder = IsWindows ? Variable("LOCALAPPDATA")
                : Variable("XDG_CACHE_HOME")
                ?? (Variable("HOME") is { } home ? Path.Combine(home, IsMacOS ? "Library/Caches" : ".cache") : null);
            return folder is not null && Path.IsPathFullyQualified(folder) ? Path.Combine(folder, "pyembed") : null;
        }
    }

    private static List<string> DefaultLoaderFolders(Architecture architecture)
    {
        List<string> folders = [];
        if (OperatingSystem.IsWindows())
        {
            return folders;
        }

        string variable = OperatingSystem.IsMacOS() ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
        foreach (string folder in (Environment.GetEnvironmentVariable(variable) ?? "").Split(':'))
        {
            if (Path.IsPathFullyQualified(folder))
            {
                folders.Add(folder);
            }
        }

        folders.AddRange(OperatingSystem.IsMacOS()
            ? ["/opt/homebrew/lib", "/usr/local/lib"]
            : [$"/usr/lib/{Multiarch(architecture)}", "/usr/lib64", "/usr/lib", "/usr/local/lib"]);
        return folders;
    }

    private static string Multiarch(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "x86_64-linux-gnu",
        Architecture.X86 => "i386-linux-gnu",
        Architecture.Arm64 => "aarch64-linux-gnu",
        Architecture.Arm => "arm-linux-gnueabihf",
        Architecture.S390x => "s390x-linux-gnu",
        Architecture.Ppc64le => "powerpc64le-linux-gnu",
        _ => $"{architecture.ToString().ToLowerInvariant()}-linux-gnu",
    };
}
