using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// The functions of <c>posix</c> that take paths and descriptors. Few raise an event, and the events do not say which folder a relative path starts from, so the functions themselves decide.
/// </summary>
internal sealed unsafe class FileFunctions(FileGrants files, Descriptors descriptors, bool processes)
{
    private const int CurrentFolder = -100; // AT_FDCWD

    private (nint Path, FileUse Use, bool Follows) decided; // Guarded by the GIL; of a call that is under way, which keeps the object.

    /// <summary>A body for a function of one path, its first argument.</summary>
    /// <param name="name">The function.</param>
    /// <param name="use">What it does.</param>
    /// <param name="follows">Whether it follows links where it is not told.</param>
    public NativeBody OfPath(string name, FileUse use, bool follows) => (scoped ref NativeCall call) =>
        TryFollow(ref call, follows, out bool follow) && Check(ref call, name, 0, "path"u8, "dir_fd"u8, use, follow, out _) ? call.Continue() : 0;

    /// <summary>A body for a function of one or two descriptors, its first arguments.</summary>
    public NativeBody OfDescriptor(string name, FileUse use, FileUse second = 0) => (scoped ref NativeCall call) =>
        CheckDescriptor(ref call, name, 0, use) && (second == 0 || CheckDescriptor(ref call, name, 1, second)) ? call.Continue() : 0;

    /// <summary>A body for <c>rename</c> and <c>replace</c>.</summary>
    public nint Rename(scoped ref NativeCall call)
    {
        const FileUse Use = FileUse.Write | FileUse.Change;
        if (!Check(ref call, "os.rename", 0, "src"u8, "src_dir_fd"u8, Use, follow: false, out byte[] source)
            || !Check(ref call, "os.rename", 1, "dst"u8, "dst_dir_fd"u8, Use, follow: false, out _))
        {
            return 0;
        }

        // A link that comes to another place, while another thread walks a path that leads there, would lead it out of what it was granted.
        if (!processes && FileGrants.Resolve(source, follow: false) is { } real && HoldsLink(real))
        {
            return Denied.Refuse("os.rename is denied: what would be moved is a link or a folder with links in it", call.Get(0, "src"u8));
        }

        return call.Continue();
    }

    /// <summary>A body for <c>open</c>, whose result is a number that Python holds.</summary>
    public nint Open(scoped ref NativeCall call)
    {
        nint argument = call.Get(1, "flags"u8);
        int overflow = 0;
        long flags = argument == 0 || !CPython.Is(argument, CPython.Py_TPFLAGS_LONG_SUBCLASS) ? -1 : CPython.PyLong_AsLongLongAndOverflow(argument, &overflow);
        if (flags < 0 || overflow != 0)
        {
            return argument == 0 ? call.Continue() : Denied.Refuse("os.open is denied: its flags must be an int");
        }

        FileUse use = UseOfFlags(flags);
        bool follows = Follows(flags);
        // The system takes a number before it waits for the other end of a pipe that has a name.
        if (!Check(ref call, "os.open", 0, "path"u8, "dir_fd"u8, use, follows, out _) || !descriptors.HasRoom("os.open"))
        {
            return 0;
        }

        decided = (call.Get(0, "path"u8), use, follows);
        nint number = call.Continue();
        decided = default; // The address may be another object's now.
        return descriptors.MoveResult(number);
    }

    /// <summary>Whether <see cref="Open"/> has just decided on this very object, which its event asks about once more: a str or bytes never changes.</summary>
    public bool HasDecided(nint path, FileUse use, bool follows) => path == decided.Path && use == decided.Use && follows == decided.Follows;

    /// <summary>A body for <c>dup</c>.</summary>
    public nint Duplicate(scoped ref NativeCall call) => CheckDescriptor(ref call, "os.dup", 0, FileUse.Look, lends: true) ? descriptors.MoveResult(call.Continue()) : 0;

    /// <summary>A body for <c>dup2</c>: neither number may be another's.</summary>
    public nint DuplicateTo(scoped ref NativeCall call)
    {
        for (int i = 0; i < 2; i++)
        {
            if (!TryDescriptor(ref call, i, i == 0 ? "fd"u8 : "fd2"u8, out int descriptor))
            {
                return 0;
            }

            if (!descriptors.Holds(descriptor))
            {
                return Foreign("os.dup2", descriptor);
            }
        }

        return call.Continue();
    }

    /// <summary>A body for <c>close</c>.</summary>
    public nint Close(scoped ref NativeCall call)
    {
        if (!TryDescriptor(ref call, 0, "fd"u8, out int descriptor))
        {
            return 0;
        }

        return descriptors.Holds(descriptor) ? call.Continue() : Foreign("os.close", descriptor);
    }

    /// <summary>A body for what returns a new descriptor, or a tuple of two.</summary>
    public nint Make(scoped ref NativeCall call)
    {
        using PyRef made = PyRef.Own(call.Continue());
        return made.Value == 0 ? 0 : !CPython.Is(made.Value, CPython.Py_TPFLAGS_TUPLE_SUBCLASS) ? descriptors.MoveResult(made.NewReference()) : MoveBoth(made.Value);
    }

    /// <summary>A body for <c>scandir</c>: of a folder that is given by a number, the entries have its path. They would keep the number otherwise, and by the time that they look at what they stand for it may be another folder's.</summary>
    public nint Scan(scoped ref NativeCall call)
    {
        nint argument = call.Get(0, "path"u8);
        if (argument != 0 && CPython.Is(argument, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            if (!CheckDescriptor(ref call, "os.scandir", 0, FileUse.Read, "path"u8) || !Descriptors.TryRead(call.Get(0, "path"u8), out int descriptor))
            {
                return 0;
            }

            if (Descriptors.PathOf(descriptor) is not { } place)
            {
                return call.Continue(); // It says that this is no folder.
            }

            call.Replace(0, "path"u8, PathArgument.New(place, CPython.Py_None));
        }

        // It holds the folder open.
        return Check(ref call, "os.scandir", 0, "path"u8, default, FileUse.Read, follow: true, out _) && descriptors.HasRoom("os.scandir") ? call.Continue() : 0;
    }

    /// <summary>A body for <c>DirEntry.stat</c>, <c>is_dir</c> and <c>is_file</c>, which look at what a link leads to.</summary>
    /// <param name="name">The function.</param>
    /// <param name="isLink">The function behind <c>DirEntry.is_symlink</c>, in whose place Python code may put another; a reference that is kept.</param>
    public NativeBody OfEntry(string name, nint isLink) => (scoped ref NativeCall call) =>
    {
        bool failed = false;
        using PyRef path = PyRef.Own(CPython.PyObject_GetAttrString(call.Self, Text.Ascii("path"u8)));
        if (path.Value == 0 || !TryFollow(ref call, true, out bool follow) || !PathArgument.TryRead(path.Value, out byte[] place))
        {
            return 0;
        }

        if (follow && IsLink(isLink, call.Self, out failed))
        {
            return files.Allows(place, FileUse.Look, follow: true) ? call.Continue() : Denied.Raise(name, nameof(PythonCapabilities.Read), path.Value);
        }
        else
        {
            return failed ? 0 : call.Continue();
        }
    };

    /// <summary>What opening with these flags is.</summary>
    public static FileUse UseOfFlags(long flags)
    {
        FileUse use = (flags & CapabilityApi.O_ACCMODE) switch { 0 => FileUse.Read, CapabilityApi.O_RDWR => FileUse.Read | FileUse.Write, _ => FileUse.Write };
        return (flags & (Create | Truncate | Append)) != 0 ? use | FileUse.Write : use;
    }

    /// <summary>What opening in a mode of the C library is, which tells no flags (None: reading).</summary>
    public static FileUse UseOfMode(nint mode)
    {
        if (!CPython.Is(mode, CPython.Py_TPFLAGS_UNICODE_SUBCLASS))
        {
            return FileUse.Read;
        }

        string text = Text.Read(mode);
        return text.Contains('+', StringComparison.Ordinal) ? FileUse.Read | FileUse.Write : text.StartsWith('r') ? FileUse.Read : FileUse.Write;
    }

    /// <summary>Whether opening with these flags follows a link in the last place.</summary>
    public static bool Follows(long flags) => (flags & NoFollow) == 0 && (flags & (Create | Exclusive)) != (Create | Exclusive);

    /// <summary>Says that a descriptor is not Python's to use.</summary>
    public static nint Foreign(string name, int descriptor) => Denied.Refuse(descriptor is >= 0 and <= 2
        ? $"{name} is denied: the standard streams are the host's, 0 there to be read from, 1 and 2 to be written to, and nothing else"
        : $"{name} is denied: the descriptor {descriptor} was not opened by Python code, and what it stands for is not granted so");

    /// <summary>Checks one path argument, and has the function see what was checked.</summary>
    /// <returns>False with an exception pending.</returns>
    private bool Check(scoped ref NativeCall call, string name, int index, ReadOnlySpan<byte> parameter, ReadOnlySpan<byte> folder, FileUse use, bool follow, out byte[] path)
    {
        path = "."u8.ToArray();
        nint argument = call.Get(index, parameter);
        if (argument == 0 || argument == CPython.Py_None)
        {
            return files.Allows(path, use, follow) || Deny(name, path, use, follow, 0);
        }

        if (CPython.Is(argument, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return CheckDescriptor(ref call, name, index, use == FileUse.Look ? FileUse.Look | FileUse.Stream : use, parameter);
        }

        nint plain = PathArgument.Plain(argument);
        if (plain == 0)
        {
            return false;
        }

        call.Replace(index, parameter, plain);
        if (!PathArgument.TryRead(plain, out path))
        {
            return false;
        }

        nint start = call.Get(-1, folder);
        if (start != 0 && start != CPython.Py_None && !(path.Length > 0 && path[0] == '/'))
        {
            using PyRef number = PyRef.Own(CPython.PyNumber_Index(start));
            if (number.Value == 0 || !Descriptors.TryRead(number.Value, out int descriptor))
            {
                return false;
            }

            if (descriptor != CurrentFolder)
            {
                if (!(descriptors.Holds(descriptor) || descriptors.AllowsWhatItIs(descriptor, FileUse.Look)) || Descriptors.PathOf(descriptor) is not { } place)
                {
                    _ = Foreign(name, descriptor);
                    return false;
                }

                path = FileGrants.Join(place, path);
                call.Replace(index, parameter, PathArgument.New(path, plain));
            }

            // From here on by the path alone: the number could come to mean another folder, and what __index__ returns next may be another number.
            call.Replace(-1, folder, PyRef.New(CPython.Py_None));
        }

        if (files.AllowsAtSight(path, use))
        {
            return true;
        }

        if (FileGrants.Resolve(path, follow) is not { } real || !files.AllowsReal(real, use))
        {
            return Deny(name, path, use, follow, plain);
        }

        if (PathArgument.HasParent(path))
        {
            path = path[^1] == '/' ? [.. real, (byte)'/'] : real;
            call.Replace(index, parameter, PathArgument.New(path, plain));
        }

        return true;
    }

    /// <summary>Checks one argument that is a descriptor, and has the function see what was checked.</summary>
    /// <param name="call">The call.</param>
    /// <param name="name">The function.</param>
    /// <param name="index">Where the argument is.</param>
    /// <param name="use">What the function does with it.</param>
    /// <param name="parameter">Its name, where it differs from what functions of that name have.</param>
    /// <param name="lends">Whether the function makes a copy of the number, from one of its own.</param>
    /// <returns>False with an exception pending.</returns>
    public bool CheckDescriptor(scoped ref NativeCall call, string name, int index, FileUse use, ReadOnlySpan<byte> parameter = default, bool lends = false)
    {
        ReadOnlySpan<byte> place = parameter.IsEmpty ? DescriptorNames(name, index) : parameter;
        if (!TryDescriptor(ref call, index, place, out int descriptor))
        {
            return false;
        }

        if (Descriptors.AllowsStream(descriptor, use) || ((use & FileUse.Change) == 0 && descriptors.Holds(descriptor)))
        {
            return true;
        }

        // The host's, or a number of Python's where that is not leave enough: whoever closes it, what was looked at is what is used. Looking does no harm, and on a number of its own a lock would end with the call.
        int used = descriptor;
        if (lends || (use & ~FileUse.Stream) != FileUse.Look)
        {
            used = call.Lend(descriptors, descriptor);
            if (used >= 0)
            {
                call.Replace(index, place, PyRef.Checked(CPython.PyLong_FromLongLong(used)));
            }
        }

        // A copy that Python code keeps can do all that the number was opened for.
        if (!descriptors.AllowsWhatItIs(used, lends ? Descriptors.UseOfOpen(used) : use))
        {
            _ = Foreign(name, descriptor);
            return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> DescriptorNames(string name, int index) => (name, index) switch
    {
        ("os.sendfile", 0) => "out_fd"u8,
        ("os.sendfile", _) => "in_fd"u8,
        ("os.copy_file_range" or "os.splice", 0) => "src"u8,
        ("os.copy_file_range" or "os.splice", _) => "dst"u8,
        _ => "fd"u8,
    };

    // Has the function see the number that was looked at: what __index__ or fileno() returns next may be another.
    private static bool TryDescriptor(scoped ref NativeCall call, int index, ReadOnlySpan<byte> parameter, out int descriptor)
    {
        descriptor = -1;
        nint argument = call.Get(index, parameter);
        if (argument == 0)
        {
            return true; // The function says so.
        }

        if (!Descriptors.TryRead(argument, out descriptor))
        {
            return false;
        }

        if (CPython.TypeOf(argument) != CapabilityApi.PyLong_Type)
        {
            call.Replace(index, parameter, PyRef.Checked(CPython.PyLong_FromLongLong(descriptor)));
        }

        return true;
    }

    // Has the function see a bool, which means the same each time it is asked.
    private static bool TryFollow(scoped ref NativeCall call, bool follows, out bool follow)
    {
        follow = follows;
        nint argument = call.Get(-1, "follow_symlinks"u8);
        if (argument == 0)
        {
            return true;
        }

        int answer = CapabilityApi.PyObject_IsTrue(argument);
        if (answer < 0)
        {
            return false;
        }

        follow = answer != 0;
        call.Replace(-1, "follow_symlinks"u8, PyRef.New(follow ? CPython.Py_True : CPython.Py_False));
        return true;
    }

    private nint MoveBoth(nint made)
    {
        nint first = descriptors.MoveResult(PyRef.New(CPython.PyTuple_GetItem(made, 0))), second = descriptors.MoveResult(PyRef.New(CPython.PyTuple_GetItem(made, 1)));
        if (first != 0 && second != 0)
        {
            nint both = PyRef.Checked(CPython.PyTuple_New(2));
            _ = CPython.PyTuple_SetItem(both, 0, first);
            _ = CPython.PyTuple_SetItem(both, 1, second);
            return both;
        }

        foreach (nint moved in new[] { first, second })
        {
            if (moved != 0)
            {
                int overflow;
                CapabilityApi.Close((int)CPython.PyLong_AsLongLongAndOverflow(moved, &overflow));
                CPython.Py_DecRef(moved);
            }
        }

        return 0;
    }

    private bool Deny(string name, byte[] path, FileUse use, bool follow, nint subject)
    {
        _ = Denied.Refuse(files.Reason(name, path, use, follow), subject);
        return false;
    }

    private static bool IsLink(nint isLink, nint entry, out bool failed)
    {
        using PyRef answer = PyRef.Own(CPython.PyObject_VectorcallDict(isLink, &entry, 1, 0));
        failed = answer.Value == 0;
        return answer.Value == CPython.Py_True;
    }

    private static bool HoldsLink(byte[] real)
    {
        if (CapabilityApi.ReadLink(real) is not null)
        {
            return true;
        }

        string folder = System.Text.Encoding.UTF8.GetString(real);
        return Directory.Exists(folder) && new DirectoryInfo(folder)
            .EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
            .Any(entry => entry.LinkTarget is not null);
    }

    // As on every Linux that .NET runs on (asm-generic, with which x86 and Arm agree but for O_NOFOLLOW, of which both bits are looked at).
    private const long Create = 0x40, Exclusive = 0x80, Truncate = 0x200, Append = 0x400, NoFollowX86 = 0x20000, NoFollowArm = 0x8000;

    private static long NoFollow => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        is System.Runtime.InteropServices.Architecture.Arm64 or System.Runtime.InteropServices.Architecture.Arm ? NoFollowArm : NoFollowX86;
}
