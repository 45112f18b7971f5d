using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>
/// PyEmbed beside pythonnet in one CPython: what is embedded is imported by <c>Py.Import</c> and by Python code as any other module,
/// and objects pass from one API to the other (<see cref="PythonNetObjects"/>).
/// </summary>
/// <remarks>
/// <para><b>Which to call.</b> A program that calls <c>PythonEngine.Initialize()</c> itself calls <see cref="Register"/> right after it. All others call <see cref="Start"/>.</para>
/// <para><b>Names.</b> A module wins over a .NET namespace of the same name, an embedded one too: pythonnet's finder stands last on <c>sys.meta_path</c>.</para>
/// <para><b>What crosses by itself.</b> A <see cref="PythonObject"/> that pythonnet passes to Python is the object itself, and a .NET method that takes one gets it, unless it is pythonnet's wrapper of a .NET object; a <c>PyObject</c>
/// is an argument and a result (<c>As&lt;PyObject&gt;()</c>) of PyEmbed's members.</para>
/// <para><b>Exceptions.</b> A .NET exception that a method called by Python throws is the <see cref="Exception.InnerException"/> of the <see cref="PythonException"/> that it arrives as.
/// A <see cref="PythonException"/> that leaves such a method is, in Python, the exception that it was.</para>
/// <para><b>Exit.</b> When <c>Main</c> returns, at <see cref="Environment.Exit"/> and after an exception that nobody catches, Python's non-daemon threads are joined, <c>atexit</c>'s functions run and the standard streams flushed, within 5 seconds and once, also
/// where pythonnet, which does none of it, started Python. Then the functions of <c>PythonEngine.AddShutdownHandler</c> that were added after the bridge run; pythonnet is not taken apart, so that threads which still
/// use it do no harm. A thread that never lets go of the GIL (that of <c>PythonEngine.Initialize</c> holds it until <c>PythonEngine.BeginAllowThreads</c>) delays the end by some seconds and loses what Python had not written.
/// <c>PythonEngine.Shutdown()</c> called before has the first three done before pythonnet goes.</para>
/// <para>There is one in a process. Any thread may call any member.</para>
/// </remarks>
public sealed class PythonNetBridge : IDisposable
{
    private static readonly object StateLock = new();
    private static volatile PythonNetBridge? current;

    private readonly bool startedInterpreter;
    private readonly bool startedPythonNet;
    private bool disposed;

    private PythonNetBridge(PythonInterpreter interpreter, PyObject module, bool startedInterpreter, bool startedPythonNet)
    {
        Interpreter = interpreter;
        Handover = new Handover(module);
        this.startedInterpreter = startedInterpreter;
        this.startedPythonNet = startedPythonNet;
    }

    /// <summary>PyEmbed's side: mounts, modules, objects.</summary>
    public PythonInterpreter Interpreter { get; }

    /// <summary>How objects pass.</summary>
    internal Handover Handover { get; }

    /// <summary>The bridge that objects pass by; null where there is none or pythonnet was shut down.</summary>
    internal static PythonNetBridge? Current => PythonEngine.IsInitialized ? current : null;

    /// <summary>The bridge that objects pass by.</summary>
    /// <exception cref="InvalidOperationException">There is no bridge, or pythonnet was shut down.</exception>
    internal static PythonNetBridge Required => current is not { } bridge
        ? throw new InvalidOperationException("There is no bridge between PyEmbed and pythonnet: call PythonNetBridge.Register or Start first, and dispose it after the last object has passed.")
        : PythonEngine.IsInitialized
            ? bridge
            : throw new InvalidOperationException("pythonnet was shut down in this process: no object passes to or from it any more.");

    /// <summary>Adds PyEmbed to a program in which pythonnet runs: mounts the embedded trees and lets objects pass.</summary>
    /// <param name="options">How to start PyEmbed, if it is not started yet; null for the trees that the build listed.</param>
    /// <remarks>The calling thread may hold the GIL, as it does after <c>PythonEngine.Initialize()</c>, and then still holds it.</remarks>
    /// <exception cref="InvalidOperationException">pythonnet is not initialised or was shut down; there is a bridge already; PyEmbed was stopped, or runs already, so that options have no effect;
    /// or they ask for what only a fresh start of CPython can give; the policy is <see cref="PythonPolicy.Restricted"/>.</exception>
    /// <exception cref="InvalidDataException">A tree is corrupt or of a newer format. Then nothing is mounted.</exception>
    public static PythonNetBridge Register(PythonOptions? options = null)
    {
        using GilFreeLock entered = new(StateLock);
        ThrowIfThere(options);
        if (!PythonEngine.IsInitialized)
        {
            throw new InvalidOperationException("pythonnet is not initialised: call PythonNetBridge.Register after PythonEngine.Initialize() and before PythonEngine.Shutdown(), or PythonNetBridge.Start in the stead of both.");
        }

        PythonInterpreter? running = PythonInterpreter.Current;
        return Connect(running ?? PythonInterpreter.Start(options), startedInterpreter: running is null, startedPythonNet: false);
    }

    /// <summary>
    /// Starts both: CPython by PyEmbed, found and isolated as <see cref="PythonInterpreter.Start"/> describes, unless PyEmbed runs already, and pythonnet in that CPython. No thread holds the GIL afterwards
    /// (no <c>BeginAllowThreads</c> is needed).
    /// </summary>
    /// <param name="options">How to start PyEmbed, if it is not started yet; null for the defaults. Where they name no library, home or virtual environment, the library that was named for pythonnet
    /// (<c>Runtime.PythonDLL</c>, <c>PYTHONNET_PYDLL</c>) is used.</param>
    /// <exception cref="InvalidOperationException">pythonnet is initialised already, or was before in this process; there is a bridge already; PyEmbed was stopped, or runs already, so that options have no effect; the policy is
    /// <see cref="PythonPolicy.Restricted"/>, and pythonnet would give Python code all of .NET.</exception>
    /// <exception cref="NotSupportedException">This pythonnet does not support the CPython.</exception>
    /// <exception cref="PythonRuntimeNotFoundException">No usable CPython was found; the message says where it was looked for and what to install.</exception>
    /// <exception cref="InvalidDataException">A tree is corrupt or of a newer format. Then nothing is mounted.</exception>
    public static PythonNetBridge Start(PythonOptions? options = null)
    {
        using GilFreeLock entered = new(StateLock);
        ThrowIfThere(options);
        if (PythonEngine.IsInitialized)
        {
            throw new InvalidOperationException("pythonnet is initialised already: call PythonNetBridge.Register instead of Start, or leave PythonEngine.Initialize() to Start.");
        }

        PythonInterpreter? running = PythonInterpreter.Current;
        PythonInterpreter interpreter = running ?? PythonInterpreter.StartApproved(PythonNetLibrary.Apply(options ?? new PythonOptions()), PythonNetLibrary.Approve);
        PythonNetLibrary.Initialize(interpreter);
        return Connect(interpreter, startedInterpreter: running is null, startedPythonNet: true);
    }

    /// <summary>
    /// Ends what the bridge began. After <see cref="Start"/>: Python, as <see cref="PythonInterpreter.Dispose"/> does if the bridge started it, then the shutdown handlers of pythonnet run. pythonnet's state stays as it is, since it cannot be started again.
    /// After <see cref="Register"/>: PyEmbed, if the bridge started it; pythonnet goes on. No object passes any more.
    /// </summary>
    /// <exception cref="InvalidOperationException">The bridge started Python, and the calling thread runs Python code or holds the GIL.</exception>
    public void Dispose()
    {
        using GilFreeLock entered = new(StateLock);
        if (disposed)
        {
            return;
        }

        if (startedInterpreter)
        {
            Interpreter.Dispose();
        }

        disposed = true;
        if (PythonEngine.IsInitialized)
        {
            using (Py.GIL())
            {
                Handover.Dispose();
            }
        }

        current = null;
        if (startedPythonNet)
        {
            PythonNetExit.StopPythonNet();
        }
    }

    private static void ThrowIfThere(PythonOptions? options)
    {
        PythonInterpreter.RefuseRestart();
        if ((options?.Policy ?? PythonInterpreter.Current?.Policy)?.IsRestricted == true)
        {
            throw new InvalidOperationException(
                "pythonnet gives Python code all of .NET, which PythonPolicy.Restricted is there to keep from it: start with another policy, or give Python what it may use by PythonOptions.NativeModules.");
        }

        if (current is not null)
        {
            throw new InvalidOperationException("There is a bridge between PyEmbed and pythonnet already: a process has one PythonNetBridge.");
        }

        if (options is not null && PythonInterpreter.Current is not null)
        {
            throw new InvalidOperationException("PyEmbed is started already, so that these PythonOptions have no effect: leave them out, or let the bridge start PyEmbed.");
        }
    }

    private static PythonNetBridge Connect(PythonInterpreter interpreter, bool startedInterpreter, bool startedPythonNet)
    {
        using IDisposable hold = interpreter.Hold();
        using PyObject module = Py.Import("pyembed._pythonnet");
        module.InvokeMethod("put_before_namespaces").Dispose();
        PythonNetBridge bridge = new(interpreter, module, startedInterpreter, startedPythonNet);
        PythonNetCodec.Register();
        PythonNetExceptions.Register();
        using PyObject program = new PyString(Environment.ProcessPath ?? ""), hosted = module.InvokeMethod("is_python", program);
        if (!hosted.IsTrue())
        {
            PythonNetExit.Register(interpreter, endsPython: startedInterpreter || !interpreter.IsOwner);
        }

        current = bridge;
        return bridge;
    }
}
