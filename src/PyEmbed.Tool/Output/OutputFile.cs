namespace PyEmbed.Tool.Output;

/// <summary>A file that a command makes: whole, or not at all.</summary>
internal sealed class OutputFile
{
    private readonly string given;
    private readonly bool force;

    private OutputFile(string path, string given, bool force)
    {
        Path = path;
        this.given = given;
        this.force = force;
    }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <summary>Looks whether a file can be made, before the work for it begins.</summary>
    /// <param name="given">Its path, as the user gave it.</param>
    /// <param name="force">Whether a file there may be replaced.</param>
    /// <exception cref="ToolException">It cannot be made.</exception>
    public static OutputFile At(string given, bool force)
    {
        string path = System.IO.Path.GetFullPath(given);
        if (Directory.Exists(path) || System.IO.Path.EndsInDirectorySeparator(given))
        {
            throw Refused(given, "is a folder; name a file");
        }

        CheckKind(path, given);
        if (!force && File.Exists(path))
        {
            throw Refused(given, "is there already; '--force' replaces it");
        }

        string folder = System.IO.Path.GetDirectoryName(path)!;
        return Directory.Exists(folder) ? new OutputFile(path, given, force) : throw Refused(given, $"cannot be made: there is no folder '{folder}'");
    }

    /// <summary>Whether the file would lie in a folder, or below it, whatever links lead there.</summary>
    public bool IsIn(string folder)
    {
        string inner = Real(System.IO.Path.GetDirectoryName(Path)!), outer = Real(System.IO.Path.GetFullPath(folder));
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return (inner + System.IO.Path.DirectorySeparatorChar).StartsWith(System.IO.Path.TrimEndingDirectorySeparator(outer) + System.IO.Path.DirectorySeparatorChar, comparison);
    }

    /// <summary>Writes the file: beside its place first, under a name of its own, from which it is then moved.</summary>
    /// <param name="content">All of it.</param>
    /// <param name="isProgram">Whether it may be started by its name.</param>
    /// <param name="cancellation">Ends the work; then nothing is left of it.</param>
    /// <exception cref="ToolException">It cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Write(byte[] content, bool isProgram, CancellationToken cancellation)
    {
        string staging = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".pyembed-{System.IO.Path.GetRandomFileName()}");
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = content.Length };
            if (!OperatingSystem.IsWindows())
            {
                const UnixFileMode Run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead | (isProgram ? Run : 0);
            }

            using (FileStream file = new(staging, options))
            {
                file.Write(content);
            }

            cancellation.ThrowIfCancellationRequested();
            CheckKind(Path, given);
            File.Move(staging, Path, overwrite: force);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCodes.Output, $"'{given}' cannot be written: {e.Message} Nothing was written.", e);
        }
        finally
        {
            File.Delete(staging);
        }
    }

    // Moving over a device or a link would put a file in its place, whose readers are then without it.
    private static void CheckKind(string path, string given)
    {
        if (new FileInfo(path) is { LinkTarget: { } target })
        {
            throw Refused(given, $"is a link, to '{target}'; name the file itself");
        }

        if (!OperatingSystem.IsWindows() && NativeHost.IsRegularFile(path) == false)
        {
            throw Refused(given, "is there, and no regular file but a device, a pipe or a socket, which is not replaced; name a file");
        }
    }

    private static ToolException Refused(string given, string problem) => new(ExitCodes.Output, $"'{given}' {problem}. Nothing was written.");

    // The path with every link in it followed.
    private static string Real(string path)
    {
        string parent = System.IO.Path.GetDirectoryName(path) is { } above ? Real(above) : path;
        string place = System.IO.Path.Combine(parent, System.IO.Path.GetFileName(path));
        return new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : place;
    }
}
