using System.Collections.Frozen;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// The functions of CPython's modules in C that reach out and raise no event, or none that says enough, each with the body that decides in its stead. What is not named in
/// <c>posix</c> is denied, so that what later versions bring is too.
/// </summary>
internal sealed unsafe class GuardedFunctions
{
    private const FileUse Read = FileUse.Read, Write = FileUse.Write, Look = FileUse.Look, Stream = FileUse.Stream, Change = FileUse.Write | FileUse.Change;

    private static readonly FrozenSet<string> Harmless = """
        WCOREDUMP WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG _inputhook _is_inputhook_installed _path_normpath _path_splitroot_ex _path_splitroot
        confstr cpu_count ctermid device_encoding fspath get_terminal_size getcwd getcwdb getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpid getppid getpriority
        getrandom getresgid getresuid getsid getuid isatty major makedev minor register_at_fork sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam
        sched_getscheduler sched_rr_get_interval sched_yield strerror sync sysconf tcgetpgrp times ttyname uname urandom waitstatus_to_exitcode
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private readonly PythonCapabilities granted;
    private readonly FileGrants files;
    private readonly Descriptors descriptors;
    private readonly SocketFunctions sockets;
    private readonly Bytecode bytecode;
    private readonly FileFunctions functions;
    private readonly Dictionary<string, NativeBody> posix;

    public GuardedFunctions(PythonCapabilities granted, FileGrants files, Descriptors descriptors, FileFunctions functions, SocketFunctions sockets, Bytecode bytecode, IReadOnlyList<byte[]> folders)
    {
        this.granted = granted;
        this.files = files;
        this.descriptors = descriptors;
        this.functions = functions;
        this.sockets = sockets;
        this.bytecode = bytecode;
        Loading = new ModuleLoading(granted, folders, Guard);
        posix = OfPosix(functions, granted.Processes);
    }

    /// <summary>Who loads modules in C from now on.</summary>
    public ModuleLoading Loading { get; }

    /// <summary>The modules that are loaded, if they can be, before other code runs, as types of theirs are guarded, which are there only when they were executed. Executing them may run Python code.</summary>
    public static IReadOnlyList<string> Early { get; } = ["posix", "_io", "select", "_socket", "_ssl", "mmap"];

    /// <summary>Guards what a module in C has. The caller holds the GIL.</summary>
    /// <param name="name">Its name, as CPython's sources have it.</param>
    /// <param name="module">A borrowed reference to what CPython has made; executed, where it is one of <see cref="Early"/>.</param>
    /// <exception cref="NotSupportedException">A function has an unknown layout.</exception>
    public void Guard(string name, nint module)
    {
        switch (name)
        {
            case "posix": GuardPosix(module); break;
            case "_io": GuardIO(module); break;
            case "_imp":
                Put(module, name, "create_builtin", Loading.CreateBuiltin);
                Put(module, name, "exec_builtin", Loading.Execute);
                Put(module, name, "create_dynamic", Loading.CreateDynamic);
                Put(module, name, "exec_dynamic", Loading.Execute);
                Put(module, name, "get_frozen_object", bytecode.GetFrozenObject);
                break;
            case "marshal":
                Put(module, name, "loads", bytecode.Loads, ImageBytecode.Before);
                Put(module, name, "load", bytecode.Load);
                break;
            case "_posixsubprocess": Put(module, name, "fork_exec", ForkExec); break;
            case "_signal": GuardSignals(module); break;
            case "faulthandler":
                Deny(module, name, granted.Processes, nameof(PythonCapabilities.Processes), "enable", "register", "dump_traceback", "dump_traceback_later", "dump_c_stack", "_read_null", "_sigsegv", "_sigabrt",
                    "_sigfpe", "_fatal_error_c_thread", "_fatal_error", "_stack_overflow");
                break;
            case "fcntl": GuardControl(module); break;
            case "pwd": GuardUsers(module, "/etc/passwd"u8, "pwd", "getpwnam", "getpwuid", "getpwall"); break;
            case "grp": GuardUsers(module, "/etc/group"u8, "grp", "getgrnam", "getgrgid", "getgrall"); break;
            case "_locale":
                // The C library takes catalogues as they are: one with wrong offsets has it read any memory, and a domain with dots leads anywhere.
                Deny(module, "locale", granted.NativeCode, nameof(PythonCapabilities.NativeCode), "bindtextdomain", "bind_textdomain_codeset", "textdomain", "gettext", "dgettext", "dcgettext");
                break;
            case "time": Deny(module, name, granted.Processes, nameof(PythonCapabilities.Processes), "clock_settime", "clock_settime_ns"); break;
            case "sys": Deny(module, name, granted.Processes, nameof(PythonCapabilities.Processes), "activate_stack_trampoline", "remote_exec", "_dump_tracelets"); break;
            case "select": GuardSelect(module); break;
            case "mmap": GuardMaps(module); break;
            case "_posixshmem": Put(module, name, "shm_open", functions.Make); break;
            case "_socket": GuardSockets(module); break;
            case "_ssl": GuardTls(module); break;
        }
    }

    /// <summary>The names of the modules that <see cref="Guard"/> does something for.</summary>
    public static IReadOnlyList<string> Modules { get; } =
        ["posix", "_io", "_imp", "marshal", "_posixsubprocess", "_signal", "faulthandler", "fcntl", "pwd", "grp", "_locale", "time", "sys", "select", "_socket", "_ssl", "mmap", "_posixshmem"];

    private static Dictionary<string, NativeBody> OfPosix(FileFunctions functions, bool processes)
    {
        Dictionary<string, NativeBody> bodies = new(StringComparer.Ordinal)
        {
            ["open"] = functions.Open,
            ["scandir"] = functions.Scan,
            ["rename"] = functions.Rename,
            ["replace"] = functions.Rename,
            ["dup"] = functions.Duplicate,
            ["dup2"] = functions.DuplicateTo,
            ["close"] = functions.Close,
            ["pipe"] = functions.Make,
            ["pipe2"] = functions.Make,
            ["sendfile"] = functions.OfDescriptor("os.sendfile", Write, Read),
            ["copy_file_range"] = functions.OfDescriptor("os.copy_file_range", Read, Write),
            ["splice"] = functions.OfDescriptor("os.splice", Read, Write),
        };
        foreach ((string names, FileUse use, bool follows) in new[]
        {
            ("stat access statvfs pathconf", Look, true), ("lstat", Look, false), ("readlink", Read, false), ("listdir getxattr listxattr", Read, true),
            ("mkdir rmdir unlink remove lchown", Change, false), ("truncate", Write, true), ("chmod chown utime setxattr removexattr", Change, true),
        })
        {
            foreach (string name in names.Split(' '))
            {
                bodies[name] = functions.OfPath($"os.{name}", use, follows);
            }
        }

        foreach ((string names, FileUse use) in new[]
        {
            ("read readv", Read | Stream), ("pread preadv posix_fadvise lockf", Read), ("write writev", Write | Stream),
            ("pwrite pwritev ftruncate posix_fallocate", Write), ("fchmod fchown", Change), ("lseek fstatvfs set_inheritable set_blocking", Look),
            ("fstat fsync fdatasync fpathconf get_inheritable get_blocking", Look | Stream),
        })
        {
            foreach (string name in names.Split(' '))
            {
                bodies[name] = functions.OfDescriptor($"os.{name}", use);
            }
        }

        foreach (string name in processes ? new[] { "pidfd_open", "memfd_create", "eventfd", "timerfd_create", "posix_openpt", "openpty" } : [])
        {
            bodies[name] = functions.Make;
        }

        return bodies;
    }

    private void GuardPosix(nint module)
    {
        GuardEntries(module, functions); // Before scandir is.
        using PyRef names = PyRef.Take(Invoke(module, "__dir__"));
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("fspath"u8)));
        for (nint i = 0; i < CPython.PyList_Size(names.Value); i++)
        {
            string name = Text.Read(CPython.PyList_GetItem(names.Value, i));
            using PyRef function = PyRef.Take(CPython.PyObject_GetAttr(module, CPython.PyList_GetItem(names.Value, i)));
            if (CPython.TypeOf(function.Value) != CPython.TypeOf(type.Value) || Harmless.Contains(name))
            {
                continue;
            }

            string capability = name is "putenv" or "unsetenv" or "_create_environ" ? nameof(PythonCapabilities.Environment) : nameof(PythonCapabilities.Processes);
            bool isGranted = capability == nameof(PythonCapabilities.Environment) ? granted.Environment : granted.Processes;
            NativeBody? body = posix.GetValueOrDefault(name)
                ?? (name is "putenv" or "unsetenv" && granted.Environment && !granted.Processes ? Unheard : name is "fork" or "forkpty" ? Fork : isGranted ? null : Denying($"os.{name}", capability));
            if (body is not null)
            {
                NativePatch.Before(function.Value, $"os.{name}", body);
            }
        }

        if (!granted.Environment)
        {
            using PyRef environment = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("environ"u8)));
            CapabilityApi.PyDict_Clear(environment.Value);
        }
    }

    // Entries are made by scandir alone, so it takes one to get at their methods: of a folder that is never empty.
    private static void GuardEntries(nint module, FileFunctions functions)
    {
        using PyRef entries = PyRef.Take(HostCall.Invoke(module, "scandir", Text.New("/")));
        using PyRef entry = PyRef.Take(CPython.PyIter_Next(entries.Value));
        nint isLink = PyRef.Checked(CPython.PyObject_GetAttrString(CPython.TypeOf(entry.Value), Text.Ascii("is_symlink"u8)));
        foreach (string method in new[] { "stat", "is_dir", "is_file" })
        {
            Put(entry.Value, "DirEntry", method, functions.OfEntry($"DirEntry.{method}", isLink));
        }
    }

    /// <summary>Guards the making of code objects.</summary>
    public void GuardCode()
    {
        using PyRef code = PyRef.Take(CPython.Py_CompileStringExFlags(Text.Ascii("0"u8), Text.Ascii("<capabilities>"u8), CPython.Py_file_input, null, -1));
        Put(code.Value, "code", "replace", bytecode.Replace);
        Put(code.Value, "code", "__replace__", bytecode.Replace);
    }

    private void GuardIO(nint module)
    {
        Put(module, "_io", "open_code", bytecode.OpenCode);
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("FileIO"u8)));
        using PyRef unopened = PyRef.Take(Unopened(type.Value));
        using PyRef posix = PyRef.Take(PythonCode.Own("posix"u8));
        RawFiles raw = new(descriptors, type.Value, PyRef.Checked(CPython.PyObject_GetAttrString(posix.Value, Text.Ascii("open"u8))));
        foreach (string name in new[] { "seek", "truncate" })
        {
            Put(unopened.Value, "io.FileIO", name, raw.Moving($"FileIO.{name}"));
        }

        NativePatch.BeforeInitializer(type.Value, "io.FileIO", raw.Initialize);
    }

    private void GuardSignals(nint module)
    {
        const string Name = "signal", Capability = nameof(PythonCapabilities.Processes);
        Deny(module, Name, granted.Processes, Capability, "pthread_kill", "raise_signal", "alarm", "setitimer", "siginterrupt", "set_wakeup_fd", "pthread_sigmask", "pidfd_send_signal",
            "sigwait", "sigwaitinfo", "sigtimedwait");
        if (!granted.Processes)
        {
            // Ctrl-C is the program's own; .NET has handlers for the others.
            Put(module, Name, "signal", (scoped ref NativeCall call) =>
            {
                nint number = call.Get(0);
                int overflow;
                return number == 0 || (CPython.Is(number, CPython.Py_TPFLAGS_LONG_SUBCLASS) && CPython.PyLong_AsLongLongAndOverflow(number, &overflow) == NativeHost.SIGINT)
                    ? call.Continue()
                    : Denied.Raise("signal.signal of other signals than SIGINT", Capability);
            });
        }
    }

    private void GuardControl(nint module)
    {
        Deny(module, "fcntl", granted.Processes, nameof(PythonCapabilities.Processes), "fcntl", "ioctl");
        Put(module, "fcntl", "flock", functions.OfDescriptor("fcntl.flock", Look));
        Put(module, "fcntl", "lockf", functions.OfDescriptor("fcntl.lockf", Look));
    }

    private void GuardUsers(nint module, ReadOnlySpan<byte> file, string name, params ReadOnlySpan<string> functions)
    {
        if (!files.AllowsReal(file, Read))
        {
            foreach (string function in functions)
            {
                Put(module, name, function, (scoped ref NativeCall _) => Denied.RaiseUnknown($"{name}.{function}", nameof(PythonCapabilities.Read)));
            }
        }
    }

    private void GuardSelect(nint module)
    {
        WaitFunctions waits = new(descriptors);
        Put(module, "select", "select", waits.Select);
        Put(module, "select", "poll", waits.NewPoll);
        using PyRef poll = PyRef.Take(Invoke(module, "poll"));
        Put(poll.Value, "poll", "register", waits.Register("select.poll.register"));
        Put(poll.Value, "poll", "modify", waits.Register("select.poll.modify"));
        Put(poll.Value, "poll", "unregister", waits.Unregister);
        Put(poll.Value, "poll", "poll", waits.Poll);
        using PyRef epoll = PyRef.Take(Invoke(module, "epoll"));
        NativePatch.BeforeConstructor(CPython.TypeOf(epoll.Value), "select.epoll", waits.NewEpoll);
        Put(epoll.Value, "epoll", "register", waits.Register("select.epoll.register"));
        Put(epoll.Value, "epoll", "modify", waits.Register("select.epoll.modify"));
        Deny(epoll.Value, "epoll", granted.Processes, nameof(PythonCapabilities.Processes), "fromfd"); // It would close the number when it goes.
        using PyRef closed = PyRef.Take(Invoke(epoll.Value, "close"));
    }

    private void GuardMaps(nint module)
    {
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("mmap"u8)));
        NativePatch.BeforeConstructor(type.Value, "mmap", new MemoryMaps(descriptors).Make);
    }

    private void GuardSockets(nint module)
    {
        const string Name = "socket";
        Put(module, Name, "getaddrinfo", sockets.GetAddressInfo);
        Put(module, Name, "gethostbyname", sockets.GetHostByName);
        Put(module, Name, "gethostbyname_ex", sockets.GetHostByName);
        Put(module, Name, "close", sockets.Close);
        Put(module, Name, "socketpair", sockets.MakePair);
        Deny(module, Name, sockets.ReachesAny, nameof(PythonCapabilities.Network), "getservbyname", "getservbyport", "getprotobyname"); // The C library opens files for them.
        Put(module, Name, "dup", sockets.Duplicate);
        Deny(module, Name, granted.Processes, nameof(PythonCapabilities.Processes), "sethostname");
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("socket"u8)));
        using PyRef unopened = PyRef.Take(Unopened(type.Value));
        sockets.OfSocket = (type.NewReference(), PyRef.Checked(CPython.PyObject_GetAttrString(type.Value, Text.Ascii("getsockname"u8))));
        foreach ((string function, int place) in new[] { ("connect", 0), ("connect_ex", 0), ("bind", 0), ("sendto", -1), ("sendmsg", 3) })
        {
            Put(unopened.Value, Name, function, sockets.Reaching($"socket.{function}", place));
        }

        if (!granted.Processes && !granted.NativeCode)
        {
            Put(unopened.Value, Name, "setsockopt", SocketFunctions.OfOption("socket.setsockopt"));
            Put(unopened.Value, Name, "getsockopt", SocketFunctions.OfOption("socket.getsockopt"));
        }

        Put(unopened.Value, Name, "listen", sockets.Listen);
        Put(unopened.Value, Name, "_accept", sockets.Accept);
        Put(unopened.Value, Name, "recvmsg", sockets.Receiving("socket.recvmsg"));
        Put(unopened.Value, Name, "recvmsg_into", sockets.Receiving("socket.recvmsg_into"));
        NativePatch.BeforeInitializer(type.Value, Name, sockets.Initialize);
    }

    private void GuardTls(nint module)
    {
        Put(module, "ssl", "_test_decode_cert", OfFile("ssl._test_decode_cert", (0, "path")));
        using PyRef type = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("_SSLContext"u8)));
        using PyRef protocol = PyRef.Take(CPython.PyObject_GetAttrString(module, Text.Ascii("PROTOCOL_TLS_CLIENT"u8)));
        nint* arguments = stackalloc nint[] { protocol.Value };
        using PyRef context = PyRef.Take(CPython.PyObject_VectorcallDict(type.Value, arguments, 1, 0));
        Put(context.Value, "ssl", "load_cert_chain", OfFile("ssl.load_cert_chain", (0, "certfile"), (1, "keyfile")));
        Put(context.Value, "ssl", "load_verify_locations", OfFile("ssl.load_verify_locations", (0, "cafile"), (1, "capath")));
        if (!sockets.ReachesAny)
        {
            // No error: the library has every context read the system's certificates, whatever it is for.
            Put(context.Value, "ssl", "set_default_verify_paths", (scoped ref NativeCall _) => PyRef.New(CPython.Py_None));
        }

        Put(context.Value, "ssl", "load_dh_params", OfFile("ssl.load_dh_params", (0, "")));

        // It writes to a file, and is no function that could be guarded. The library looks whether there is one.
        using PyRef own = PyRef.Take(Collector.DictOf(type.Value));
        if (CapabilityApi.PyDict_DelItemString(own.Value, Text.Ascii("keylog_filename"u8)) != 0)
        {
            CPython.PyErr_Clear(); // Built against a TLS library without it.
        }

        CapabilityApi.PyType_Modified(type.Value);
    }

    /// <summary>A body for a function whose arguments are paths of files that it reads.</summary>
    private NativeBody OfFile(string function, params (int Index, string Name)[] parameters) => (scoped ref NativeCall call) =>
    {
        foreach ((int index, string parameter) in parameters)
        {
            ReadOnlySpan<byte> name = NativeHost.NullTerminated(parameter).AsSpan(0, parameter.Length);
            nint argument = call.Get(index, name);
            if (argument == 0 || argument == CPython.Py_None)
            {
                continue;
            }

            nint plain = PathArgument.Plain(argument);
            if (plain == 0)
            {
                return 0;
            }

            call.Replace(index, name, plain);
            if (!PathArgument.TryRead(plain, out byte[] path))
            {
                return 0;
            }

            if (parameter == "capath" && path.AsSpan().Contains((byte)':'))
            {
                return Denied.Refuse($"{function} is denied: capath is a list for OpenSSL, which ':' divides: name one folder", plain);
            }

            if (FileGrants.Resolve(path, follow: true) is not { } real || !files.AllowsReal(real, Read))
            {
                return Denied.Raise(function, nameof(PythonCapabilities.Read), plain);
            }

            if (PathArgument.HasParent(path))
            {
                call.Replace(index, name, PathArgument.New(real, plain));
            }
        }

        return call.Continue();
    };

    // Variables lead the C library and OpenSSL to files (TZ, LOCPATH, SSL_CERT_FILE), even to native code (GCONV_PATH), and are of use to other programs: os.environ holds them without.
    private static nint Unheard(scoped ref NativeCall call) => PyRef.New(CPython.Py_None);

    // Managed code must not run in a forked child, and with capabilities set every event is managed code.
    private static nint Fork(scoped ref NativeCall call) =>
        Denied.Refuse("os.fork is denied where capabilities are set: start another program instead, with subprocess or multiprocessing's 'spawn'");

    private nint ForkExec(scoped ref NativeCall call)
    {
        if (!granted.Processes)
        {
            return Denied.Raise("starting a process", nameof(PythonCapabilities.Processes));
        }

        nint preparation = call.Get(call.Count - (CPython.Version >= 0x030B ? 2 : 1));
        return preparation == CPython.Py_None ? call.Continue() : Denied.Refuse("preexec_fn is denied where capabilities are set: it would run in a forked child");
    }

    private static void Deny(nint owner, string module, bool isGranted, string capability, params ReadOnlySpan<string> functions)
    {
        if (!isGranted)
        {
            foreach (string function in functions)
            {
                Put(owner, module, function, Denying($"{module}.{function}", capability));
            }
        }
    }

    private static NativeBody Denying(string name, string capability) => (scoped ref NativeCall _) => Denied.Raise(name, capability);

    private static void Put(nint owner, string module, string function, NativeBody body, Func<nint, nint, int, nint>? shortcut = null)
    {
        using PyRef name = PyRef.Take(Text.New(function));
        using PyRef value = PyRef.Own(CPython.PyObject_GetAttr(owner, name.Value));
        if (value.Value == 0)
        {
            CPython.PyErr_Clear(); // This version does not have it.
            return;
        }

        NativePatch.Before(value.Value, $"{module}.{function}", body, shortcut);
    }

    private static nint Unopened(nint type)
    {
        using PyRef create = PyRef.Take(CPython.PyObject_GetAttrString(type, Text.Ascii("__new__"u8)));
        nint* arguments = stackalloc nint[] { type };
        return CPython.PyObject_VectorcallDict(create.Value, arguments, 1, 0);
    }

    private static nint Invoke(nint self, string method) => HostCall.Invoke(self, method);
}
