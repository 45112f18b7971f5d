using System.Collections;
using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;
using PyEmbed.Isolates;
using PyEmbed.Native;

namespace PyEmbed;

/// <summary>
/// A Python interpreter of its own beside the main one, in the same process: with its own <c>sys.modules</c>, mounts, import policy, search path, native modules, arguments, environment and streams.
/// For code that is trusted: what must be kept from the process needs a process.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> One thread of its own, with 16 MB of stack, runs everything in it, one thing after the other. Members may be called from any thread: they wait until that thread has done
/// what they ask for, and let go of the GIL meanwhile if the caller holds it. A call from within the isolate runs at once. Two isolates that wait for each other wait for ever.</para>
/// <para><b>Objects</b> belong to the isolate: within <see cref="Run{T}"/> they are used as ever, elsewhere their members throw <see cref="InvalidOperationException"/>. .NET values cross.</para>
/// <para><b>What is not its own</b>: the process's working directory, descriptors, signals, limits, locale, C libraries, and the environment that the system keeps (<c>os.environ</c> is the isolate's, and child processes get it).
/// <c>os.fork</c> is denied; <c>signal.signal</c> works in the main interpreter only. See docs/isolates.md.</para>
/// </remarks>
public sealed partial class PythonIsolate : IDisposable
{
    private readonly object disposeLock = new();
    private readonly InterpreterState interpreter = new($"isolate {LiveIsolates.NextNumber()}");
    private readonly IsolateThread thread;
    private bool isDisposed;

    internal PythonIsolate(PythonInterpreter owner, PythonIsolateOptions options, string executable)
    {
        PythonOptions given = options.ToOptions();
        ResolutionOrder.Check(given);
        PrepareProcess();
        List<string> environment = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment.AddRange([(string)variable.Key, (string?)variable.Value ?? ""]);
        }

        thread = new IsolateThread(interpreter, options.OwnGil, python => InterpreterSetup.Create(
            given,
            owner.Store,
            owner.Codes,
            setup =>
            {
                setup.Call("configure", Text.New(executable), HostCall.List(given.Arguments), HostCall.List(ProgramArguments.CommandLine()));
                using PyRef module = PyRef.Take(PythonCode.Own("pyembed._isolate"u8));
                using PyRef none = PyRef.Take(HostCall.Invoke(module.Value, "enter", HostCall.List(environment), PyRef.New(python.HasOwnGil ? CPython.Py_True : CPython.Py_False)));
                python.Interrupts.Prepare(module.Value);
                SetStream(module.Value, "stdout", options.Output);
                SetStream(module.Value, "stderr", options.Error);
            }));
        LiveIsolates.Add(this);
    }

    /// <summary>Whether it has a GIL of its own; without, its code and that of the main interpreter take turns.</summary>
    public bool HasOwnGil => thread.Python.HasOwnGil;

    /// <summary>
    /// Whether it was retired: <see cref="Dispose"/> has found a thread in it that did not end within two seconds, one that its code has started or its own that still runs what it was given, an <c>atexit</c> function or a
    /// finalizer. CPython ends the process where an interpreter with such threads is ended, so this one stays, with them, as long as the process.
    /// </summary>
    public bool IsRetired => thread.IsRetired;

    /// <summary>Does something in the isolate, and waits for it.</summary>
    /// <param name="work">Runs on the isolate's thread, without the GIL: members of objects take it for themselves, and <see cref="PythonInterpreter.Hold"/> works there. It gets this isolate.</param>
    /// <exception cref="ObjectDisposedException">The isolate was disposed.</exception>
    public void Run(Action<PythonIsolate> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        _ = Run(isolate =>
        {
            work(isolate);
            return true;
        });
    }

    /// <summary>Does something in the isolate, waits for it, and gives its result. What it throws is thrown here.</summary>
    /// <inheritdoc cref="Run(Action{PythonIsolate})"/>
    public T Run<T>(Func<PythonIsolate, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (InterpreterState.Current == interpreter)
        {
            return work(this);
        }

        Task<T> task = RunAsync(work);
        using GilRelease? release = Gil.IsHeld ? new GilRelease() : null;
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Does something in the isolate, after what it was given before.</summary>
    /// <typeparam name="T">A type of .NET values. A <see cref="PythonObject"/> can be used in the isolate only.</typeparam>
    /// <param name="work">Runs on the isolate's thread, as for <see cref="Run{T}"/>.</param>
    /// <param name="cancellation">
    /// Cancelled before, it is not run; meanwhile, Python code that runs gets a KeyboardInterrupt at its next bytecode, and where it does not catch that, the task is cancelled. What yields to nobody is not stopped, and nothing in
    /// the process can do it: a call of C code such as <c>7**5000000</c>, a catastrophic regular expression or a wait that lasts goes on to its end.
    /// </param>
    /// <returns>The result, or what <paramref name="work"/> has thrown.</returns>
    /// <exception cref="ObjectDisposedException">The isolate was disposed.</exception>
    public Task<T> RunAsync<T>(Func<PythonIsolate, T> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        IsolateWork<T> item = new(() => work(this), cancellation);
        thread.Post(item, cancellation);
        return item.Task;
    }

    /// <summary>Imports a module and returns it, for use in the isolate.</summary>
    /// <param name="module">The absolute name; for <c>pkg.mod</c> the result is that of the submodule.</param>
    /// <exception cref="PythonImportException">There is no such module, a module it needs is missing, or an extension module does not support isolates.</exception>
    /// <exception cref="PythonException">The module's code raised an exception.</exception>
    public PythonObject Import(string module)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        return Run(_ => PythonCode.Import(module));
    }

    /// <summary>Executes statements.</summary>
    /// <param name="code">The source.</param>
    /// <param name="scope">Whose variables they see and set, made in the isolate; null for a scope of their own, thrown away afterwards.</param>
    /// <exception cref="PythonException">The code raised an exception, a SyntaxError among them.</exception>
    public void Execute(string code, PythonScope? scope = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        Run(_ =>
        {
            using PythonScope? own = scope is null ? new PythonScope() : null;
            (scope ?? own!).Execute(code);
        });
    }

    /// <summary>Evaluates an expression and converts its value.</summary>
    /// <typeparam name="T">A type that <see cref="PythonObject.As"/> converts to.</typeparam>
    /// <param name="expression">The source.</param>
    /// <param name="scope">Whose variables it sees, made in the isolate; null for an empty scope.</param>
    /// <exception cref="PythonException">The expression raised an exception, a SyntaxError among them.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Evaluate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(string expression, PythonScope? scope = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return Run(_ =>
        {
            using PythonScope? own = scope is null ? new PythonScope() : null;
            return (scope ?? own!).Evaluate<T>(expression);
        });
    }

    /// <summary>Runs a module or package as <c>python -m name arguments…</c>, as <see cref="PythonInterpreter.RunModule"/> does in the main interpreter, with the isolate's own <c>sys.argv</c> and <c>__main__</c>.</summary>
    /// <param name="module">The module, or a package with a <c>__main__</c>.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>.</param>
    /// <returns>The exit code.</returns>
    public int RunModule(string module, params string[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        ArgumentNullException.ThrowIfNull(arguments);
        return RunProgram(run => run.Module(module, arguments));
    }

    /// <summary>Imports a module and calls a function of it, as <see cref="PythonInterpreter.RunEntryPoint"/> does in the main interpreter.</summary>
    /// <param name="reference"><c>module:attribute</c>; the attribute may be dotted.</param>
    /// <param name="arguments"><c>sys.argv[1:]</c>.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ArgumentException">The reference has not that form.</exception>
    public int RunEntryPoint(string reference, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        (string module, string attribute) = ProgramRun.ParseReference(reference);
        return RunProgram(run => run.EntryPoint(module, attribute, ProgramArguments.Program(), arguments));
    }

    /// <summary>What is mounted, loaded and extracted in the isolate, as <see cref="PythonInterpreter.Describe"/>.</summary>
    public PythonReport Describe() => Run(_ =>
    {
        using Gil gil = Gil.Acquire();
        return ReportReader.Read(thread.Setup.Importer, thread.Setup.Mounted, ProcessPython.Started);
    });

    /// <summary>
    /// Ends the isolate: refuses what waits, interrupts what runs, gives threads that its code has started two seconds to end, runs <c>atexit</c> functions, flushes the streams, and frees what it has.
    /// Where a thread is left it is retired instead, see <see cref="IsRetired"/>, and who waits for what still runs gets an <see cref="ObjectDisposedException"/>; this takes six seconds at most.
    /// Its objects cannot be used afterwards. Does nothing when repeated.
    /// </summary>
    /// <exception cref="InvalidOperationException">The isolate's own code calls.</exception>
    public void Dispose()
    {
        CheckCaller();
        using GilRelease? release = Gil.IsHeld ? new GilRelease() : null;
        lock (disposeLock)
        {
            if (!isDisposed)
            {
                isDisposed = true;
                thread.Close();
                LiveIsolates.Remove(this);
            }
        }
    }

    /// <summary>Whether it was disposed, or is about to be.</summary>
    internal bool IsDisposed => thread.IsClosed;

    /// <summary>Begins what <see cref="Dispose"/> ends: refuses what waits and interrupts what runs.</summary>
    internal void BeginDispose()
    {
        CheckCaller();
        thread.BeginClose();
    }

    /// <inheritdoc cref="IsolateThread.FinishBeside"/>
    internal Thread FinishBeside() => thread.FinishBeside();

    private static void PrepareProcess()
    {
        if (CPython.Version < 0x030C)
        {
            using Gil gil = Gil.Acquire();
            using PyRef module = PyRef.Take(PythonCode.Own("pyembed._isolate"u8));
            using PyRef none = PyRef.Take(HostCall.Invoke(module.Value, "prepare_process"));
        }
    }

    /// <summary>Refuses the isolate's own code, which cannot end what it runs in.</summary>
    /// <exception cref="InvalidOperationException">The isolate's own code calls.</exception>
    internal void CheckCaller()
    {
        if (InterpreterState.Current == interpreter)
        {
            throw new InvalidOperationException($"{interpreter.Name} cannot be disposed by code that runs in it: dispose it outside of Run and of its native functions.");
        }
    }

    private int RunProgram(Func<ProgramRun, int> program) => Run(_ =>
    {
        using Gil gil = Gil.Acquire();
        using ProgramRun run = new(interruptible: false);
        return program(run);
    });

    private static void SetStream(nint module, string name, TextWriter? writer)
    {
        if (writer is null)
        {
            return;
        }

        object? Write(string text)
        {
            lock (writer)
            {
                writer.Write(text);
            }

            return null;
        }

        Func<string, object?> write = Write;
        NativeSignature signature = NativeSignature.Create("write", write.Method, [typeof(string), typeof(object)], null, null);
        using PyRef none = PyRef.Take(HostCall.Invoke(module, "set_stream", Text.New(name), new NativeFunction<string, object?>(signature, write).CreateFunction("pyembed")));
    }
}
