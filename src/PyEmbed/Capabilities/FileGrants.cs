using System.Text;

namespace PyEmbed.Capabilities;

/// <summary>What a use of a path is.</summary>
[Flags]
internal enum FileUse
{
    Read = 1,
    Write = 2,

    /// <summary>Asking whether and what it is: granted with either.</summary>
    Look = 4,

    /// <summary>Making, moving and removing it, its mode, owner, times and attributes; comes with <see cref="Write"/>. No descriptor is leave for that.</summary>
    Change = 8,

    /// <summary>Nothing but taking what comes next, adding to what is there, or looking: what standard streams are for.</summary>
    Stream = 16,
}

/// <summary>Which paths may be used how. Paths are bytes, as the system has them.</summary>
internal sealed class FileGrants
{
    private static readonly byte[] Root = "/"u8.ToArray(), Proc = "/proc"u8.ToArray(), Null = "/dev/null"u8.ToArray();

    private readonly byte[][] readable, writable, always, kept, left;

    /// <param name="capabilities">What is granted.</param>
    /// <param name="always">Folders that may be read whatever is granted.</param>
    /// <param name="kept">Folders that are never written to, whatever is granted.</param>
    /// <param name="left">Folders below those of <paramref name="always"/> that are not meant.</param>
    /// <exception cref="ArgumentException">A granted path is not absolute.</exception>
    public FileGrants(PythonCapabilities capabilities, IEnumerable<string> always, IEnumerable<string> kept, IEnumerable<string> left)
    {
        readable = Paths(nameof(PythonCapabilities.Read), capabilities.Read);
        writable = Paths(nameof(PythonCapabilities.Write), capabilities.Write);
        this.always = [.. always.Select(Real)];
        this.kept = [.. kept.Select(Real)];
        this.left = [.. left.Select(Real)];
    }

    /// <summary>Whether a path may be used so, links and dots resolved; relative ones lead from the current folder.</summary>
    /// <param name="path">As given to the system; not empty, without NUL.</param>
    /// <param name="use">What for. All of it must be granted.</param>
    /// <param name="follow">Whether the system would follow a link in the last place.</param>
    public bool Allows(ReadOnlySpan<byte> path, FileUse use, bool follow) =>
        AllowsAtSight(path, use) || (Resolve(path, follow) is { } real && AllowsReal(real, use));

    /// <summary>Whether a path is allowed without asking the system what it leads to: Python code makes no links, so those below the always readable folders were installed there.</summary>
    public bool AllowsAtSight(ReadOnlySpan<byte> path, FileUse use) =>
        (use & FileUse.Write) == 0 && path.Length > 0 && path[0] == '/' && IsPlain(path) && IsAlwaysReadable(path);

    /// <summary>The place of a file that was put there by others and cannot be changed by Python code, without links; null for others.</summary>
    public byte[]? BeyondReach(ReadOnlySpan<byte> path) =>
        Resolve(path, follow: true) is { } real && IsAlwaysReadable(real) && !AllowsReal(real, FileUse.Write) ? real : null;

    /// <summary>Why a path may not be used so, in words that say what would help.</summary>
    public string Reason(string action, ReadOnlySpan<byte> path, FileUse use, bool follow) =>
        (use & FileUse.Write) == 0 ? $"{action} is denied: it needs the capability {nameof(PythonCapabilities.Read)}"
        : Resolve(path, follow) is { } real && (Covers(kept, real, procToo: true) || ((use & FileUse.Change) != 0 && LeadsToKept(real)))
            ? $"{action} is denied: where the standard library and PyEmbed keep code, the capability {nameof(PythonCapabilities.Write)} does not reach"
            : $"{action} is denied: it needs the capability {nameof(PythonCapabilities.Write)}";

    /// <summary>As <see cref="Allows"/>, for a path that has no links or dots.</summary>
    public bool AllowsReal(ReadOnlySpan<byte> real, FileUse use)
    {
        if (real.SequenceEqual(Null))
        {
            return (use & FileUse.Change) == 0;
        }

        bool isWritable = Covers(writable, real) && !Covers(kept, real, procToo: true);
        if ((use & FileUse.Write) != 0 && (!isWritable || ((use & FileUse.Change) != 0 && LeadsToKept(real))))
        {
            return false;
        }

        bool isReadable = Covers(readable, real) || IsAlwaysReadable(real);
        return ((use & FileUse.Read) == 0 || isReadable) && ((use & FileUse.Look) == 0 || isReadable || isWritable);
    }

    /// <summary>The path that the system would use, which need not exist; null where that cannot be said for certain.</summary>
    public static byte[]? Resolve(ReadOnlySpan<byte> path, bool follow)
    {
        if (path.Length == 0)
        {
            return Root; // Names nothing: the system says so.
        }

        bool ends = path[^1] == '/';
        ReadOnlySpan<byte> trimmed = path.TrimEnd((byte)'/');
        if (trimmed.Length == 0)
        {
            return Root;
        }

        int slash = trimmed.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = trimmed[(slash + 1)..];
        bool isDots = name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);
        if (follow || ends || isDots)
        {
            if (CapabilityApi.RealPath(path, out int error) is { } real)
            {
                return real;
            }

            if (isDots || error is not (CapabilityApi.ENOENT or CapabilityApi.ENOTDIR))
            {
                return null;
            }
        }

        byte[]? folder = slash < 0 ? CapabilityApi.RealPath("."u8, out _) : slash == 0 ? Root : Resolve(trimmed[..slash], follow: true);
        if (folder is null)
        {
            return null;
        }

        byte[] whole = Join(folder, name);

        // A link that leads nowhere yet: what is made by it would be made elsewhere.
        return (follow || ends) && CapabilityApi.ReadLink(whole) is not null ? null : whole;
    }

    /// <summary>A path below a folder.</summary>
    public static byte[] Join(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name) =>
        folder.Length > 0 && folder[^1] == '/' ? [.. folder, .. name] : [.. folder, (byte)'/', .. name];

    // Moved away, with another put in its place, it would lead to what is trusted and was not installed there.
    private bool LeadsToKept(ReadOnlySpan<byte> real)
    {
        foreach (byte[] folder in kept)
        {
            if (IsBelow(folder, real))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(ReadOnlySpan<byte> path) =>
        path.IndexOf("//"u8) < 0 && path.IndexOf("/./"u8) < 0 && !path.EndsWith("/."u8) && !PathArgument.HasParent(path);

    private bool IsAlwaysReadable(ReadOnlySpan<byte> real)
    {
        int best = Longest(always, real);
        return best >= 0 && best > Longest(left, real);
    }

    private static bool Covers(byte[][] prefixes, ReadOnlySpan<byte> real, bool procToo = false)
    {
        // /proc leads to the memory, the descriptors and the environment of this process: it must be meant.
        bool isProc = !procToo && IsBelow(real, Proc);
        foreach (byte[] prefix in prefixes)
        {
            if (IsBelow(real, prefix) && (!isProc || IsBelow(prefix, Proc)))
            {
                return true;
            }
        }

        return false;
    }

    private static int Longest(byte[][] prefixes, ReadOnlySpan<byte> real)
    {
        int longest = -1;
        foreach (byte[] prefix in prefixes)
        {
            if (prefix.Length > longest && IsBelow(real, prefix))
            {
                longest = prefix.Length;
            }
        }

        return longest;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix) =>
        path.StartsWith(prefix) && (path.Length == prefix.Length || prefix.Length == 1 || path[prefix.Length] == '/');

    private static byte[] Real(string path) => Resolve(Encoding.UTF8.GetBytes(path), follow: true) ?? Encoding.UTF8.GetBytes(path);

    /// <exception cref="ArgumentException">A path is not absolute.</exception>
    public static void Check(string name, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (path is null || !Path.IsPathRooted(path) || path.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"PythonCapabilities.{name} '{path}' is no absolute path: name a file or folder from the root on, such as '/srv/data'.");
            }
        }
    }

    private static byte[][] Paths(string name, IReadOnlyList<string> paths)
    {
        byte[][] real = new byte[paths.Count][];
        for (int i = 0; i < real.Length; i++)
        {
            string path = paths[i];
            real[i] = Resolve(Encoding.UTF8.GetBytes(path), follow: true)
                ?? throw new ArgumentException($"PythonCapabilities.{name} '{path}' cannot be resolved: it leads by a link to nowhere, or through a folder that this user may not enter.");
        }

        return real;
    }
}
