using PyEmbed.Embedding;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Puts capabilities into force: guards the functions of modules that are loaded, has those guarded that are loaded later, empties the environment, installs the audit hook.
/// No Python code has a part in deciding: any of it could be changed by other Python code.
/// </summary>
internal static unsafe class CapabilityWall
{
    private static readonly string[] SitePackages = ["site-packages", "dist-packages"];

    // Where zoneinfo looks, as CPython's configure has it.
    private static readonly string[] TimeZones = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];

    /// <summary>Whether capabilities are in force in this process.</summary>
    public static bool IsUp { get; private set; }

    /// <summary>Refuses capabilities that make no sense, before anything is started.</summary>
    /// <exception cref="ArgumentException">A path is not absolute, or a host not <c>host:port</c>.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static void Check(PythonCapabilities? capabilities)
    {
        if (capabilities is null)
        {
            return;
        }

        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException("PythonOptions.Capabilities can be enforced on 64-bit Linux only: leave them out, and isolate the process by other means.");
        }

        FileGrants.Check(nameof(PythonCapabilities.Read), capabilities.Read);
        FileGrants.Check(nameof(PythonCapabilities.Write), capabilities.Write);
        _ = new NetworkGrants(capabilities.Network);
    }

    /// <summary>Puts capabilities into force, for the life of the process. The caller holds the GIL.</summary>
    /// <param name="options">What is granted; checked.</param>
    /// <param name="importer">The module <c>pyembed._importer</c>.</param>
    /// <param name="mounted">The trees that are mounted.</param>
    /// <exception cref="InvalidOperationException">Another host's code has loaded what cannot be taken back, or the interpreter's file names are not UTF-8.</exception>
    public static void Raise(PythonOptions options, PythonObject importer, List<(PythonTree Tree, string Root)> mounted)
    {
        if (Effective(options) is { } capabilities)
        {
            Raise(capabilities, importer, mounted);
        }
    }

    // A method of its own: before its first instruction .NET loads what all of it needs.
    private static void Raise(PythonCapabilities capabilities, PythonObject importer, List<(PythonTree Tree, string Root)> mounted)
    {
        CapabilityApi.Bind();
        RefuseOtherEncodings();
        string store = importer.InvokeMethod<string>("store"), codes = importer.InvokeMethod<string>("code_cache");
        using PythonObject os = Own("os"u8), sys = Own("sys"u8);
        using PythonObject file = os.GetAttribute("__file__");
        string library = Path.GetDirectoryName(file.As<string>())!;
        List<string> paths = SearchPath(sys), kept = [library, Path.Combine(library, "lib-dynload"), store];
        kept.AddRange(paths.Where(path => Path.GetFileName(path) == "lib-dynload"));
        if (codes.Length > 0)
        {
            kept.Add(codes);
        }

        string[] left = [.. SitePackages.Select(name => Path.Combine(library, name)).Where(path => !paths.Contains(path))];
        FileGrants files = new(capabilities, [.. paths, .. kept, .. TimeZones], kept, left);
        RefuseLoadedModules(sys, capabilities);

        Descriptors descriptors = new(files, Descriptors.Divide());
        FileFunctions functions = new(files, descriptors, capabilities.Processes);
        SocketFunctions sockets = new(new NetworkGrants(capabilities.Network), descriptors, functions, capabilities.Processes);
        using PythonObject io = Own("_io"u8), buffer = io.GetAttribute("BytesIO"), implementation = sys.GetAttribute("implementation");
        ModuleLoading.Namespace = PyRef.New(CPython.TypeOf(implementation.Handle));
        Collector.Prepare();
        Bytecode code = new(capabilities, files, codes) { BytesIO = PyRef.New(buffer.Handle) };
        GuardedFunctions guarded = new(capabilities, files, descriptors, functions, sockets, code, [.. kept.Where(path => path != store && path != codes).Select(path => FileGrants.Resolve(System.Text.Encoding.UTF8.GetBytes(path), follow: true)!)]);
        nint modules = CPython.PyImport_GetModuleDict();
        using Early early = new(modules);
        foreach (string name in GuardedFunctions.Modules)
        {
            using PyRef key = PyRef.Take(Text.New(name));
            nint module = CPython.PyDict_GetItemWithError(modules, key.Value);
            if (module != 0)
            {
                guarded.Guard(name, module);
                guarded.Loading.Keep(name, module);
            }
        }

        guarded.GuardCode();
        if (!capabilities.Environment)
        {
            using PythonObject environment = os.GetAttribute("environ"), data = environment.GetAttribute("_data");
            data.InvokeMethod("clear").Dispose();
        }

        IsUp = true;
        Trust(Importer.OwnMemory);
        mounted.ForEach(mount => Trust(mount.Tree.Memory));

        AuditHook.Install(capabilities, files, functions, sockets, code, guarded.Loading);
        using PyRef marshal = PyRef.Take(Text.New("marshal"));
        using PyRef loads = PyRef.Take(CPython.PyObject_GetAttrString(CPython.PyDict_GetItemWithError(modules, marshal.Value), Text.Ascii("loads"u8)));
        ImageBytecode.Prepare(loads.Value);
    }

    /// <summary>Lets the bytecode of a tree run: that of an assembly, which is used in place, is the host's own. The caller holds the GIL.</summary>
    public static void Trust(TreeMemory memory)
    {
        if (IsUp && memory.Image is { Length: > 0 } image)
        {
            ImageBytecode.Trust(image.Start, (nint)image.Length);
        }
    }

    /// <summary>What is in force: what the options say, and nothing granted under a policy for code of others that says nothing.</summary>
    private static PythonCapabilities? Effective(PythonOptions options) =>
        options.Capabilities ?? (options.Policy.IsRestricted && OperatingSystem.IsLinux() ? PythonCapabilities.None : null);

    private static void RefuseOtherEncodings()
    {
        using PythonObject sys = Own("sys"u8);
        string encoding = sys.InvokeMethod<string>("getfilesystemencoding");
        if (encoding != "utf-8")
        {
            throw new InvalidOperationException($"Capabilities need an interpreter whose file names are UTF-8; this one, started by another host, has {encoding}.");
        }
    }

    private static PythonObject Own(ReadOnlySpan<byte> name) => new(PyRef.Checked(PythonCode.Own(name)));

    private static List<string> SearchPath(PythonObject sys)
    {
        List<string> paths = [];
        using PythonObject path = sys.GetAttribute("path");
        foreach (PythonObject entry in path)
        {
            using (entry)
            {
                if (CPython.Is(entry.Handle, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) && entry.As<string>() is { Length: > 0 } text && text[0] == '/')
                {
                    paths.Add(text);
                }
            }
        }

        return paths;
    }

    private static void RefuseLoadedModules(PythonObject sys, PythonCapabilities capabilities)
    {
        using PythonScope scope = new();
        using PythonObject loaded = sys.GetAttribute("modules");
        scope.Set("modules", loaded);
        scope.Execute("""
            found = []
            for name, module in list(modules.items()):
                spec = getattr(module, '__spec__', None)
                origin = getattr(spec, 'origin', None)
                if origin == 'built-in':
                    found.append(name)
                elif isinstance(origin, str) and origin.endswith('.so'):
                    found.append(origin.rpartition('/')[2].partition('.')[0])
                elif name == 'clr':
                    found.append(name)
            """);
        foreach (string name in scope.Get<List<string>>("found"))
        {
            if (ExtensionModules.Needs(name, capabilities) is { } needed)
            {
                throw new InvalidOperationException(
                    $"The module '{name}' is loaded already, and what it can do cannot be taken back: set capabilities before other code runs, or grant {needed}.");
            }
        }
    }

    // Modules whose types are guarded, loaded before anybody else's code runs; for an import policy's sake they do not stay in sys.modules.
    private readonly ref struct Early
    {
        private readonly nint modules;
        private readonly List<string> loaded = [];

        public Early(nint modules)
        {
            this.modules = modules;
            Load("select");
            Load("_socket");
            Load("_ssl");
            Load("mmap");
        }

        public void Dispose()
        {
            foreach (string name in loaded)
            {
                using PyRef key = PyRef.Take(Text.New(name));
                _ = CapabilityApi.PyDict_DelItem(modules, key.Value);
            }
        }

        private void Load(string name)
        {
            using PyRef key = PyRef.Take(Text.New(name));
            if (CPython.PyDict_GetItemWithError(modules, key.Value) != 0)
            {
                return;
            }

            using PyRef module = PyRef.Own(PythonCode.Own(System.Text.Encoding.ASCII.GetBytes(name)));
            if (module.Value != 0)
            {
                loaded.Add(name);
                return;
            }

            // This Python was built without it, or lacks a library that it needs: nobody loads it later, either.
            if (CPython.PyErr_ExceptionMatches(CapabilityApi.PyExc_ImportError) == 0)
            {
                PythonErrors.ThrowPending();
            }

            CPython.PyErr_Clear();
        }
    }
}
