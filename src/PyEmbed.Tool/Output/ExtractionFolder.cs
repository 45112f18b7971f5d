using PyEmbed.Manifest;
using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Output;

/// <summary>
/// Writes files into a folder so that all of them are there or none: into a folder with a name of its own on the same disk first, from
/// which they are then moved. Never writes outside of the folder, not through links in it either.
/// </summary>
internal sealed class ExtractionFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string folder;
    private readonly bool force;
    private readonly CancellationToken cancellation;

    private ExtractionFolder(string folder, bool force, CancellationToken cancellation)
    {
        this.folder = folder;
        this.force = force;
        this.cancellation = cancellation;
    }

    /// <summary>Writes files.</summary>
    /// <param name="folder">The folder: not there, or empty.</param>
    /// <param name="files">Paths below it, with <c>/</c>, and what gives their contents; each is called once.</param>
    /// <param name="force">Whether the folder may hold files, and they may be replaced.</param>
    /// <param name="cancellation">Ends the work; then nothing is left of it.</param>
    /// <exception cref="ToolException">A path is hostile, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Write(string folder, IReadOnlyCollection<(string Path, Func<byte[]> Read)> files, bool force, CancellationToken cancellation)
    {
        foreach ((string path, _) in files)
        {
            if (ArchivePath.Problem(path) is { } problem || OperatingSystem.IsWindows() && (problem = PortableName.Problem(path)) is not null)
            {
                throw new ToolException(ExitCodes.Input, $"'{Printable.Escape(path)}' cannot be the name of a file here: {problem}. Nothing was written.");
            }
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            new ExtractionFolder(full, force, cancellation).Write(files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCodes.Output, $"'{folder}' cannot be written: {e.Message} Nothing was written.", e);
        }
    }

    private void Write(IReadOnlyCollection<(string Path, Func<byte[]> Read)> files)
    {
        bool exists = Directory.Exists(folder);
        if (!exists && File.Exists(folder))
        {
            throw Refused("is a file");
        }

        if (exists && !force && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw Refused("is not empty; '--force' replaces files in it");
        }

        string parent = exists ? folder : Path.GetDirectoryName(folder)!;
        if (!Directory.Exists(parent))
        {
            throw Refused($"cannot be made: there is no folder '{parent}'");
        }

        string staging = Path.Combine(parent, $".pyembed-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(staging);
        try
        {
            foreach ((string path, Func<byte[]> read) in files)
            {
                cancellation.ThrowIfCancellationRequested();
                WriteFile(Path.Combine(staging, path), read());
            }

            cancellation.ThrowIfCancellationRequested();
            if (!exists)
            {
                Directory.Move(staging, folder);
            }
            else if (force)
            {
                Replace(staging, files);
            }
            else
            {
                MoveAll(staging);
            }
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    private static void WriteFile(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = content.Length };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using FileStream file = new(path, options);
        file.Write(content);
    }

    // The folder was empty: what has been moved when one cannot be is taken back.
    private void MoveAll(string staging)
    {
        List<string> moved = [];
        try
        {
            foreach (string item in Directory.EnumerateFileSystemEntries(staging).ToList())
            {
                string target = Path.Combine(folder, Path.GetFileName(item));
                Directory.Move(item, target);
                moved.Add(target);
            }
        }
        catch
        {
            foreach (string target in moved)
            {
                if (Directory.Exists(target))
                {
                    Directory.Delete(target, recursive: true);
                }
                else
                {
                    File.Delete(target);
                }
            }

            throw;
        }
    }

    // Each file is replaced whole. What stands in the way is found before the first.
    private void Replace(string staging, IReadOnlyCollection<(string Path, Func<byte[]> Read)> files)
    {
        foreach ((string path, _) in files)
        {
            for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                FileSystemInfo part = new DirectoryInfo(Path.Combine(folder, path[..slash]));
                if (part.LinkTarget is not null || File.Exists(part.FullName))
                {
                    throw new ToolException(
                        ExitCodes.Output, $"'{part.FullName}' is {(part.LinkTarget is null ? "a file" : "a link, which is not followed")} and stands in the way of a folder. Nothing was written.");
                }
            }

            string target = Path.Combine(folder, path);
            string? kind = new FileInfo(target).LinkTarget is not null ? "a link"
                : Directory.Exists(target) ? "a folder"
                : File.Exists(target) && !InputFile.IsRegular(target) ? "a device, a pipe or a socket" : null;
            if (kind is not null)
            {
                throw new ToolException(ExitCodes.Output, $"'{target}' is {kind} and stands in the way of a file. Nothing was written.");
            }
        }

        Exchange exchange = new(staging, folder);
        try
        {
            foreach ((string path, _) in files)
            {
                cancellation.ThrowIfCancellationRequested();
                exchange.Put(path);
            }
        }
        catch
        {
            exchange.Undo();
            throw;
        }

        exchange.Finish();
    }

    private ToolException Refused(string problem) => new(ExitCodes.Output, $"'{folder}' {problem}. Nothing was written.");
}
