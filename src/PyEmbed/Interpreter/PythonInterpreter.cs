using System.Diagnostics.CodeAnalysis;
using PyEmbed.Capabilities;
using PyEmbed.Discovery;
using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// CPython in this process, with the Python trees that assemblies embed mounted. There is one in a process, started once: CPython cannot be
/// restarted, and PyEmbed never finalises it.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> Any thread may call any member; each takes the GIL itself and releases it before it returns. <see cref="Hold"/> keeps it over
/// many calls. Never await while holding it. The thread that calls <see cref="Start"/> is Python's main thread: start on the process's main thread to have
/// Ctrl-C reach Python programs.</para>
/// <para><b>Isolation.</b> CPython starts isolated, in UTF-8 mode: no <c>PYTHON*</c> variable, no user site, no site-packages (unless in a virtual environment),
/// and never the working directory on <c>sys.path</c>. <c>sys.executable</c> is the interpreter that was found; where there is none it is empty. Workers of <c>multiprocessing</c> run it and import the
/// embedded trees; other subprocesses do not see them. <c>sys.orig_argv</c> is the command line of this process.</para>
/// <para><b>Signals.</b> Starting installs no handler: Ctrl-C stays with .NET. Only while <see cref="RunModule"/> or <see cref="RunEntryPoint"/> runs a program on
/// the process's main thread, and Python was started there, does Ctrl-C raise KeyboardInterrupt in it, as under <c>python</c>.</para>
/// <para><b>Exit.</b> <see cref="Dispose"/>, the end of Main, <see cref="Environment.Exit"/> and an unhandled exception each join Python's non-daemon threads, run
/// <c>atexit</c>'s functions and flush the standard streams; all but the first within 5 seconds.</para>
/// </remarks>
public sealed partial class PythonInterpreter : IDisposable
{
    private static readonly object StartLock = new();
    private static bool stopped;
    private static volatile PythonInterpreter? current;

    private readonly InterpreterSetup setup;
    private readonly bool owner;
    private readonly int mainThread;

    // By its interface, so that ending loads no type: a forked child that has come back to managed code may have spoilt what the runtime keeps of types.
#pragma warning disable CA1859
    private IDisposable? codeCacheTimer;
#pragma warning restore CA1859
    private bool ranProgram;

    private PythonInterpreter(InterpreterSetup setup, bool owner, int mainThread)
    {
        this.setup = setup;
        this.owner = owner;
        this.mainThread = mainThread;
    }

    /// <summary>The running interpreter, or null before <see cref="Start"/> and after <see cref="Dispose"/>.</summary>
    public static PythonInterpreter? Current => current;

    /// <summary>Whether PyEmbed started CPython, and not another host.</summary>
    internal bool IsOwner => owner;

    /// <summary>The policy that it was started with.</summary>
    internal PythonPolicy Policy { get; private init; } = PythonPolicy.Trusted;

    /// <summary>The extraction directory that it was started with, or null for the user's own.</summary>
    internal string? Store { get; private init; }

    /// <summary>The folder of the code cache that it was started with, as <see cref="InterpreterSetup.Create"/> has it.</summary>
    internal string? Codes { get; private init; }

    internal bool IsRunning => current == this && CPython.Gate.IsOpen;

    /// <summary>
    /// Finds and starts CPython and mounts the trees of the assemblies that the build listed. Where another host (pythonnet, or a copy of PyEmbed in
    /// another load context) has started CPython in this process, attaches to that one.
    /// </summary>
    /// <param name="options">How to find and start CPython, and what to mount; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">PyEmbed is started already, or was stopped; the options ask for what only a fresh start can give; CPython does not start.</exception>
    /// <exception cref="ArgumentException"><see cref="PythonOptions.ExtractionDirectory"/> or <see cref="PythonOptions.BytecodeCacheDirectory"/> is no path of a folder.</exception>
    /// <exception cref="PythonRuntimeNotFoundException">No usable CPython was found; the message says where it was looked for and what to install.</exception>
    /// <exception cref="InvalidDataException">A tree is corrupt or of a newer format. Then nothing is mounted.</exception>
    /// <exception cref="FileNotFoundException">An assembly that the build listed is missing.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="PythonOptions.Capabilities"/> are set, and this is not Linux.</exception>
    public static PythonInterpreter Start(PythonOptions? options = null) => StartApproved(options, null);

    /// <summary>Starts where somebody else has a say about the version.</summary>
    /// <param name="options">As for <see cref="Start"/>.</param>
    /// <param name="approve">Throws for a version that is not to be started; gets the library's path or other name. It is asked before the library is loaded, where its name tells the version, and before CPython is initialised.</param>
    internal static PythonInterpreter StartApproved(PythonOptions? options, Action<string, Version>? approve)
    {
        options ??= new PythonOptions();
        ResolutionOrder.Check(options);
        CapabilityWall.Check(options.Capabilities);
        string? store = options.ExtractionDirectory is { } place ? OptionChecks.AbsoluteFolder(nameof(PythonOptions.ExtractionDirectory), place, "leave it null for one in the user's cache") : null;
        string? codes = options.BytecodeCacheDirectory is { Length: > 0 } folder
            ? OptionChecks.AbsoluteFolder(nameof(PythonOptions.BytecodeCacheDirectory), folder, "leave it null for the extraction directory, or empty for no cache")
            : options.BytecodeCacheDirectory;
        lock (StartLock)
        {
            if (current is not null)
            {
                throw new InvalidOperationException("PyEmbed is started already; use PythonInterpreter.Current.");
            }

            RefuseRestart();

            ProcessPython.Ensure(options, approve);
            CPython.Gate.Open();
            current = Boot(options, store, codes);
            return current;
        }
    }

    /// <summary>Imports a module, as <c>importlib.import_module(name)</c> does, and returns it.</summary>
    /// <param name="module">The absolute name; for <c>pkg.mod</c> the result is that of the submodule.</param>
    /// <exception cref="PythonImportException">There is no such module, or a module it needs is missing.</exception>
    /// <exception cref="PythonException">The module's code raised an exception.</exception>
    public PythonObject Import(string module)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        ThrowIfStopped();
        return PythonCode.Import(module);
    }

    /// <summary>Keeps the GIL on the calling thread until disposed, on the same thread. Other Python threads wait meanwhile.</summary>
    /// <remarks>Do not call <see cref="Environment.Exit"/> while holding it: nobody else can release it, so the process would end only after 5 seconds, with Python's buffered output lost and a message on stderr. In a block of <see cref="AllowThreads"/> it ends as it should.</remarks>
    /// <exception cref="ObjectDisposedException">The interpreter was disposed.</exception>
    public IDisposable Hold()
    {
        ThrowIfClosed();
        return new GilHold();
    }

    /// <summary>Lets go of the GIL on the calling thread, which holds it, until disposed, on the same thread: for native functions that wait, compute long, or end the process.</summary>
    /// <remarks>Other Python threads run meanwhile. Members of <see cref="PythonObject"/> may be used: each takes the GIL for itself.</remarks>
    /// <exception cref="InvalidOperationException">The calling thread does not hold the GIL.</exception>
    /// <exception cref="ObjectDisposedException">The interpreter was disposed.</exception>
    public IDisposable AllowThreads()
    {
        ThrowIfClosed();
        return new GilRelease();
    }

    /// <summary>
    /// Puts Python's cyclic garbage collector off until disposed: over a burst of imports, whose objects it would look at again and again, in vain.
    /// <c>using (python.DeferCollector()) numpy = python.Import("numpy");</c>
    /// </summary>
    /// <remarks>
    /// <para>Afterwards the collector is as it was, and what is there counts as old: only a full collection looks at it. Cycles that become garbage meanwhile stay until then, so it is not for a program's
    /// work. A collector that was off stays off, and objects that <c>gc.freeze()</c> has put aside stay there.</para>
    /// <para>Any thread may call it and dispose what it gives, another thread too; it does not keep the GIL. Where there are several at a time, the last one disposed of resumes the collector. It does
    /// what <c>pyembed.defer_collector()</c> does in Python, and counts together with that. The collectors of isolates are their own.</para>
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The interpreter was disposed.</exception>
    /// <exception cref="InvalidOperationException">The calling thread serves an isolate.</exception>
    public IDisposable DeferCollector()
    {
        ThrowIfStopped();
        return new CollectorDeferral();
    }

    /// <summary>
    /// Runs a module or package as <c>python -m name arguments…</c>: as a <c>__main__</c> of its own, with <c>sys.argv</c> set.
    /// An uncaught exception is printed to <c>sys.stderr</c>. The standard streams are flushed at the end.
    /// </summary>
    /// <param name="module">The module, or a package with a <c>__main__</c>.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>.</param>
    /// <returns>What <c>python</c> would have exited with: 0; the code of <c>sys.exit</c> (1 if that was text, which is printed); 1 after an uncaught exception or if there is no such
    /// module; 130 after an uncaught KeyboardInterrupt; 120 if the output could not be written.</returns>
    /// <remarks>One program at a time: <c>sys.argv</c> and <c>__main__</c> belong to the process. Non-daemon threads that the program leaves behind are joined when the process ends.</remarks>
    public int RunModule(string module, params string[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        ArgumentNullException.ThrowIfNull(arguments);
        return Run(run => run.Module(module, arguments));
    }

    /// <summary>
    /// Imports a module and calls a function of it, as the script of a <c>console_scripts</c> entry point does. A function that requires one positional parameter
    /// gets the arguments (<c>sys.argv[1:]</c>) as a list.
    /// </summary>
    /// <param name="reference"><c>module:attribute</c>, as in entry points; the attribute may be dotted.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>; <c>sys.argv[0]</c> is this program's path.</param>
    /// <returns>As for <see cref="RunModule"/>; what the function returns counts as the argument of <c>sys.exit</c>.</returns>
    /// <exception cref="ArgumentException">The reference has not that form.</exception>
    /// <remarks>One program at a time: <c>sys.argv</c> and <c>__main__</c> belong to the process.</remarks>
    public int RunEntryPoint(string reference, params string[] arguments) => RunEntryPointAs(reference, ProgramArguments.Program(), arguments);

    /// <summary>The same with another <c>sys.argv[0]</c>.</summary>
    internal int RunEntryPointAs(string reference, string program, string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        (string module, string attribute) = ProgramRun.ParseReference(reference);
        return Run(run => run.EntryPoint(module, attribute, program, arguments));
    }

    /// <summary>Executes statements.</summary>
    /// <param name="code">The source.</param>
    /// <param name="scope">Whose variables they see and set; null for a scope of their own, thrown away afterwards.</param>
    /// <exception cref="PythonException">The code raised an exception, a SyntaxError among them.</exception>
    public void Execute(string code, PythonScope? scope = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        ThrowIfStopped();
        using PythonScope? own = scope is null ? new PythonScope() : null;
        (scope ?? own!).Execute(code);
    }

    /// <summary>Evaluates an expression.</summary>
    /// <param name="expression">The source.</param>
    /// <param name="scope">Whose variables it sees; null for an empty scope.</param>
    /// <exception cref="PythonException">The expression raised an exception, a SyntaxError among them.</exception>
    public PythonObject Evaluate(string expression, PythonScope? scope = null) => Evaluate<PythonObject>(expression, scope);

    /// <summary>Evaluates an expression and converts its value.</summary>
    /// <typeparam name="T">A type that <see cref="PythonObject.As"/> converts to.</typeparam>
    /// <param name="expression">The source.</param>
    /// <param name="scope">Whose variables it sees; null for an empty scope.</param>
    /// <exception cref="PythonException">The expression raised an exception, a SyntaxError among them.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Evaluate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(string expression, PythonScope? scope = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ThrowIfStopped();
        using PythonScope? own = scope is null ? new PythonScope() : null;
        return (scope ?? own!).Evaluate<T>(expression);
    }

    /// <summary>Mounts a tree, so that its modules can be imported. Mounting the same tree again gives another mount of the same root.</summary>
    /// <param name="tree">The tree.</param>
    /// <returns>The mount. It stays until disposed, or for the life of the interpreter.</returns>
    /// <exception cref="InvalidDataException">The tree is corrupt or of a newer format; then nothing is mounted.</exception>
    public PythonMount Mount(PythonTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        return new PythonMount(this, tree, MountTree(tree));
    }

    /// <summary>Makes an interpreter beside this one, see <see cref="PythonIsolate"/>. It takes some ten milliseconds: make few, and use them again.</summary>
    /// <param name="options">What it has; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">Another host has started CPython; capabilities are in force, which guard one interpreter; CPython could not make it.</exception>
    /// <exception cref="ArgumentException">Options contradict each other, or a native module has the name of another one.</exception>
    /// <exception cref="InvalidDataException">A tree is corrupt or of a newer format.</exception>
    public PythonIsolate CreateIsolated(PythonIsolateOptions? options = null)
    {
        ThrowIfStopped();
        if (!owner)
        {
            throw new InvalidOperationException("There are no isolates where another host has started CPython: that host's code may not bear interpreters beside its own. Start PyEmbed first, or use worker processes.");
        }

        if (CapabilityWall.IsUp)
        {
            throw new InvalidOperationException("There are no isolates where capabilities are in force (PythonOptions.Capabilities, or a Restricted policy on Linux): they guard the modules of one interpreter. Use worker processes.");
        }

        using GilRelease? release = Gil.IsHeld ? new GilRelease() : null;
        return new PythonIsolate(this, options ?? new PythonIsolateOptions(), ProcessPython.Started?.Executable ?? "");
    }

    /// <summary>Makes a pool of isolates that are all made alike and used again, see <see cref="PythonIsolatePool"/>.</summary>
    /// <param name="size">The most isolates at a time, each made when it is first needed.</param>
    /// <param name="options">What each has; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    public PythonIsolatePool CreateIsolatePool(int size, PythonIsolateOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ThrowIfStopped();
        return new PythonIsolatePool(() => CreateIsolated(options), size);
    }

    /// <summary>What is mounted, what was loaded and extracted, which names are shadowed, and whether the trees' requirements are met. For diagnosis: it takes milliseconds.</summary>
    public PythonReport Describe()
    {
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        return ReportReader.Read(setup.Importer, setup.Mounted, ProcessPython.Started);
    }

    /// <summary>
    /// Stops Python for this process: joins its non-daemon threads, however long they take, runs <c>atexit</c>'s functions on the calling thread and flushes the standard streams.
    /// Afterwards every use of Python throws <see cref="ObjectDisposedException"/>, and no start is possible. Where PyEmbed had attached to an interpreter of another host, or of
    /// another copy of this assembly, it only takes its trees off <c>sys.path</c> and flushes.
    /// </summary>
    /// <exception cref="InvalidOperationException">The calling thread runs Python code or holds the GIL.</exception>
    public void Dispose()
    {
        if (!IsRunning)
        {
            return;
        }

        if (owner && Gil.IsHeld)
        {
            throw new InvalidOperationException("Python cannot be stopped by a thread that holds the GIL: dispose the interpreter outside of Hold and of callbacks from Python.");
        }

        ThrowInIsolate();
        InterpreterExit.DisposeIsolates?.Invoke();
        lock (StartLock)
        {
            if (!IsRunning)
            {
                return;
            }

            if (!owner)
            {
                using IDisposable hold = Hold();
                codeCacheTimer?.Dispose();
                setup.Leave();

                // Who started Python may have stopped it already, or be another host, which flushes nothing of ours.
                setup.Call("flush");
            }

            codeCacheTimer?.Dispose();
            stopped = true;
            current = null;
        }

        if (owner)
        {
            InterpreterExit.Run(interruptible: ranProgram && IsInterruptible);
        }
        else
        {
            CPython.Gate.Close();
        }
    }

    /// <exception cref="InvalidOperationException">Python was stopped.</exception>
    internal static void RefuseRestart()
    {
        if (stopped)
        {
            throw new InvalidOperationException("Python was stopped in this process and cannot be started again: start it once and dispose it when the process ends.");
        }
    }

    /// <summary>What PyEmbed does at the end of Python that it started, it does from now on also where another host did and does it not.</summary>
    internal void EndPythonWithProcess() => InterpreterExit.Register(setup.Host);

    /// <summary>Mounts and remembers a tree. The caller holds the GIL.</summary>
    internal string MountTree(PythonTree tree)
    {
        string root = setup.MountTree(tree);
        EnsureCodeCacheTimer();
        return root;
    }

    /// <summary>Mounts and remembers a tree in the stead of another. The caller holds the GIL.</summary>
    internal string ReplaceTree(PythonTree old, string oldRoot, PythonTree tree)
    {
        string root = setup.ReplaceTree(old, oldRoot, tree);
        EnsureCodeCacheTimer();
        return root;
    }

    /// <summary>Unmounts and forgets a tree. The caller holds the GIL.</summary>
    internal void UnmountTree(PythonTree tree, string root) => setup.UnmountTree(tree, root);

    private static PythonInterpreter Boot(PythonOptions options, string? store, string? codes)
    {
        using Gil gil = Gil.Acquire();
        PythonInstallation? started = ProcessPython.Started;
        bool owner = started is not null;
        InterpreterSetup setup = InterpreterSetup.Create(
            options,
            store,
            codes,
            setup =>
            {
                if (started is not null)
                {
                    setup.Call("configure", Text.New(started.Executable ?? ""), HostCall.List(options.Arguments), HostCall.List(ProgramArguments.CommandLine()));
                    InterpreterExit.Register(setup.Host);
                }
            },
            setup => CapabilityWall.Raise(options, setup.Importer.Module, setup.Mounted));
        PythonInterpreter interpreter = new(setup, owner, owner ? PythonStartup.MainThread : 0) { Policy = options.Policy, Store = store, Codes = codes };
        interpreter.EnsureCodeCacheTimer();
        return interpreter;
    }

    private void EnsureCodeCacheTimer()
    {
        if (codeCacheTimer is null)
        {
            using PyRef uses = PyRef.Take(HostCall.Invoke(setup.Host.Handle, "uses_code_cache"));
            codeCacheTimer = uses.Value == CPython.Py_True ? new CodeCacheTimer(setup.Host) : null;
        }
    }

    private int Run(Func<ProgramRun, int> program)
    {
        ThrowIfStopped();
        using Gil gil = Gil.Acquire();
        bool interruptible = IsInterruptible;
        ranProgram |= interruptible;
        using ProgramRun run = new(interruptible);
        return program(run);
    }

    /// <summary>Whether Ctrl-C can be Python's on the calling thread: CPython's handler interrupts the thread that initialised it, and the system delivers to the process's main thread.</summary>
    private bool IsInterruptible => owner && mainThread == Environment.CurrentManagedThreadId && NativeHost.IsMainThread();

    private void ThrowIfStopped()
    {
        ThrowIfClosed();
        ThrowInIsolate();
    }

    private void ThrowIfClosed()
    {
        if (!IsRunning)
        {
            CPython.Gate.ThrowClosed();
        }
    }

    // The calling thread would import into the isolate, or stop itself.
    private static void ThrowInIsolate()
    {
        if (InterpreterState.Current != InterpreterState.Main)
        {
            throw new InvalidOperationException($"The calling thread serves {InterpreterState.Current.Name}: use the members of its PythonIsolate there; only Hold and AllowThreads of PythonInterpreter do for both.");
        }
    }
}
