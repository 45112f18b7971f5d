using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PyEmbed.Discovery;

/// <summary>
/// Remembers which CPython a list of interpreters led to. An entry holds only as long as every interpreter, the library and the
/// version managers' settings are as they were. A missing, unreadable, corrupt or unwritable cache costs time, never a start.
/// </summary>
internal sealed class DiscoveryCache(string? folder)
{
    private const string Header = "pyembed-discovery 1";

    // By which shims choose.
    private static readonly string[] ShimVariables = ["PYENV_VERSION", "PYENV_ROOT", "ASDF_PYTHON_VERSION", "MISE_PYTHON_VERSION"];

    /// <summary>The remembered installation, or null.</summary>
    /// <param name="key">What the answer depends on, from <see cref="Key"/>.</param>
    public PythonInstallation? Find(string key)
    {
        if (folder is null)
        {
            return null;
        }

        string text;
        try
        {
            text = Encoding.UTF8.GetString(File.ReadAllBytes(FileOf(key))); // Not by a reader, which takes a millisecond to set up.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // header, library, its stamp, executable, virtual environment, then the key to the end: a damaged file fails one of the tests.
        string[] fields = text.Split('\n', 6);
        return fields.Length == 6 && fields[0] == Header && fields[5] == key && fields[2] == Stamp(fields[1]) && fields[2].Length > 0
            && (fields[3].Length == 0 || File.Exists(fields[3]))
            ? new PythonInstallation(fields[1], NullIfEmpty(fields[3]), Home: null, NullIfEmpty(fields[4]))
            : null;
    }

    /// <summary>Remembers an installation, as far as the folder can be written.</summary>
    public void Store(string key, PythonInstallation found)
    {
        string stamp = Stamp(found.Library);
        if (folder is null || stamp.Length == 0)
        {
            return;
        }

        string file = FileOf(key);
        string temporary = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(temporary, string.Join('\n', Header, found.Library, stamp, found.Executable, found.VirtualEnvironment, key));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only home: the next start asks again.
        }
    }

    /// <summary>What the answer of these interpreters depends on: each one's path and stamp, and the settings by which shims choose.</summary>
    public static string Key(IReadOnlyList<string> interpreters, DiscoveryPlatform platform)
    {
        List<string> parts = [((int)platform.Architecture).ToString(CultureInfo.InvariantCulture)]; // The name would cost reflection.
        bool shim = false;
        foreach (string interpreter in interpreters)
        {
            parts.Add($"{interpreter}|{Stamp(interpreter)}");
            shim |= !platform.IsWindows && IsScript(interpreter);
        }

        if (shim)
        {
            foreach (string variable in ShimVariables)
            {
                parts.Add($"{variable}={platform.Variable(variable)}");
            }

            string? root = platform.Variable("PYENV_ROOT") ?? (platform.Variable("HOME") is { } home ? Path.Combine(home, ".pyenv") : null);
            AddStamp(parts, root is null ? null : Path.Combine(root, "version"));
            for (string? directory = platform.WorkingDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
            {
                AddStamp(parts, Path.Combine(directory, ".python-version"));
                AddStamp(parts, Path.Combine(directory, ".tool-versions"));
            }
        }

        return string.Join('\n', parts);
    }

    private static void AddStamp(List<string> parts, string? file)
    {
        if (file is not null && Stamp(file) is { Length: > 0 } stamp)
        {
            parts.Add($"{file}|{stamp}");
        }
    }

    private static bool IsScript(string file)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> start = stackalloc byte[2];
            return RandomAccess.Read(handle, start, 0) == 2 && start[0] == '#' && start[1] == '!';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Modification time and length of a file behind all its links; empty if it is not there.</summary>
    private static string Stamp(string file)
    {
        try
        {
            FileSystemInfo info = new FileInfo(file);
            info = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
            return info is FileInfo { Exists: true } target
                ? string.Create(CultureInfo.InvariantCulture, $"{target.LastWriteTimeUtc.Ticks}-{target.Length}")
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private string FileOf(string key)
    {
        // FNV-1a: the name only spreads entries over files (the whole key is in the file), and a cryptographic hash would load a library.
        ulong hash = 14695981039346656037;
        foreach (char c in key)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return Path.Combine(folder!, $"discovery-{hash:x16}.txt");
    }
}
