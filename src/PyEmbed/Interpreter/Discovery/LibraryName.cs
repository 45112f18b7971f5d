namespace PyEmbed.Discovery;

/// <summary>What the file name of a CPython shared library says: <c>libpython3.13t.so.1.0</c>, <c>python313_d.dll</c>, <c>libpython3.11.dylib</c>.</summary>
/// <param name="Minor">X of version 3.X.</param>
/// <param name="FreeThreaded">Built with <c>--disable-gil</c> (PEP 703).</param>
/// <param name="Debug">Built with <c>--with-pydebug</c>.</param>
internal readonly record struct LibraryName(int Minor, bool FreeThreaded, bool Debug)
{
    /// <summary>The oldest minor version of CPython 3 that PyEmbed runs on.</summary>
    public const int OldestMinor = 9;

    /// <summary>The newest minor version that the loader's paths are searched for.</summary>
    public const int NewestMinor = 14;

    /// <summary>Reads a file name; false if it is no versioned CPython library (such as <c>libpython3.so</c>, the stable ABI's forwarder).</summary>
    public static bool TryParse(string path, out LibraryName name)
    {
        name = default;
        ReadOnlySpan<char> file = Path.GetFileName(path.AsSpan());
        bool windows = file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        ReadOnlySpan<char> prefix = windows ? "python3" : "libpython3.";
        if (!file.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        file = file[prefix.Length..];
        int digits = 0;
        while (digits < file.Length && char.IsAsciiDigit(file[digits]))
        {
            digits++;
        }

        if (digits == 0 || !int.TryParse(file[..digits], out int minor))
        {
            return false;
        }

        ReadOnlySpan<char> flags = file[digits..];
        int end = flags.IndexOf('.');
        flags = end < 0 ? flags : flags[..end];
        bool freeThreaded = flags.Contains('t');
        bool debug = flags.Contains('d');
        name = new LibraryName(minor, freeThreaded, debug);
        return true;
    }

    /// <summary>Why a library of this name cannot be used, or null if it can.</summary>
    public string? Refusal =>
        Minor < OldestMinor ? $"CPython 3.{Minor} is too old: 3.{OldestMinor} or newer is needed"
        : FreeThreaded ? "it is a free-threaded build (PEP 703), which PyEmbed does not support; use the default build"
        : Debug ? "it is a debug build (--with-pydebug), which PyEmbed does not support; use a release build"
        : null;
}
