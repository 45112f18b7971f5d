using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>
/// PyEmbed beside pythonnet in one CPython: what is embedded is imported through <c>Py.Import</c> and from Python code as any other module,
/// and objects pass from one API to the other (<see cref="PythonNetObjects"/>).
/// </summary>
/// <remarks>There is one in a process. Any thread may call any member.</remarks>
public sealed class PythonNetBridge : IDisposable
{
    private static readonly object StateLock = new();
    private static volatile PythonNetBridge? current;

    private readonly bool startedInterpreter;

    private PythonNetBridge(PythonInterpreter interpreter, Handover handover, bool startedInterpreter)
    {
        Interpreter = interpreter;
        Handover = handover;
        this.startedInterpreter = startedInterpreter;
    }

    /// <summary>PyEmbed's side: mounts, modules, objects.</summary>
    public PythonInterpreter Interpreter { get; }

    /// <summary>How objects pass.</summary>
    internal Handover Handover { get; }

    /// <summary>Adds PyEmbed to a program in which pythonnet runs: call it once after <c>PythonEngine.Initialize()</c>.</summary>
    /// <param name="options">What to mount, if PyEmbed is not started yet; null for the trees that the build listed.</param>
    /// <exception cref="InvalidOperationException">pythonnet is not initialised; PyEmbed was registered already; it runs already and there are options;
    /// or the options ask for what only a fresh start of CPython can give.</exception>
    public static PythonNetBridge Register(PythonOptions? options = null)
    {
        lock (StateLock)
        {
            if (current is not null)
            {
                throw new InvalidOperationException("PyEmbed is registered with pythonnet already: a process has one PythonNetBridge.");
            }

            if (!PythonEngine.IsInitialized)
            {
                throw new InvalidOperationException("pythonnet is not initialised: call PythonEngine.Initialize() before PythonNetBridge.Register, or PythonNetBridge.Start, which does both.");
            }

            PythonInterpreter? running = PythonInterpreter.Current;
            if (running is not null && options is not null)
            {
                throw new InvalidOperationException("PyEmbed is started already, so these PythonOptions have no effect: leave them out, or let the bridge start PyEmbed.");
            }

            PythonInterpreter interpreter = running ?? PythonInterpreter.Start(options);
            using (interpreter.Hold())
            {
                using PyObject module = Py.Import("pyembed._pythonnet");
                module.InvokeMethod("put_before_namespaces").Dispose();
                current = new PythonNetBridge(interpreter, new Handover(module), running is null);
            }

            return current;
        }
    }

    /// <summary>Lets go of pythonnet: objects pass no more. Ends PyEmbed if the bridge started it.</summary>
    public void Dispose()
    {
        lock (StateLock)
        {
            if (current != this)
            {
                return;
            }

            current = null;
        }

        using (Interpreter.Hold())
        {
            Handover.Dispose();
        }

        if (startedInterpreter)
        {
            Interpreter.Dispose();
        }
    }

    /// <exception cref="InvalidOperationException">There is no bridge, or pythonnet was shut down.</exception>
    internal static PythonNetBridge Active => current is not { } bridge
        ? throw new InvalidOperationException("No PythonNetBridge is there: call PythonNetBridge.Register or Start, and do not dispose it before the last object has passed.")
        : PythonEngine.IsInitialized
            ? bridge
            : throw new InvalidOperationException("pythonnet was shut down in this process: no object passes to or from it any more.");
}
