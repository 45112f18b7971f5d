namespace PyEmbed.Discovery;

/// <summary>What to do on a machine without a usable CPython: the command of the package manager that is there.</summary>
/// <remarks>The commands for macOS and Windows, and for Linux distributions other than Debian and its kin, are untested.</remarks>
internal static class InstallationAdvice
{
    private const string Library = "LIBRARY";

    // In the order of preference, where a machine has several.
    private static readonly (string Program, string Command)[] Managers =
    [
        ("apt", $"apt install python3 {Library}"),
        ("dnf", "dnf install python3-libs"),
        ("apk", "apk add python3"),
        ("pacman", "pacman -S python"),
        ("brew", "brew install python"),
        ("winget", "winget install Python.Python.3.13"),
    ];

    /// <summary>The command that installs one with the package manager found on PATH; null where there is none that is known.</summary>
    /// <param name="platform">The machine.</param>
    /// <param name="staticMinor">X of the system's own python3.X, if all that it lacks is its shared library.</param>
    public static string? Command(DiscoveryPlatform platform, int? staticMinor)
    {
        foreach ((string program, string command) in Managers)
        {
            string file = platform.IsWindows ? program + ".exe" : program;
            foreach (string folder in platform.PathFolders())
            {
                if (File.Exists(Path.Combine(folder, file)))
                {
                    return command.Replace(Library, staticMinor is { } minor ? $"libpython3.{minor}" : "libpython3-dev", StringComparison.Ordinal);
                }
            }
        }

        return null;
    }

    /// <summary>The same as half a sentence, with the commands of the usual systems where none is found.</summary>
    public static string Sentence(DiscoveryPlatform platform, int? staticMinor) =>
        Command(platform, staticMinor) is { } command ? $"install CPython 3.{LibraryName.OldestMinor} or newer with its shared library: '{command}'"
        : platform.IsWindows ? "install Python 3.9 or newer from https://www.python.org/downloads/"
        : platform.IsMacOS ? "install Python 3.9 or newer with 'brew install python' or from https://www.python.org/downloads/"
        : "install CPython with its shared library: Debian and Ubuntu 'apt install python3 libpython3-dev' (or just libpython3.X for the python3 there), Fedora 'dnf install python3-libs', Alpine 'apk add python3'";
}
