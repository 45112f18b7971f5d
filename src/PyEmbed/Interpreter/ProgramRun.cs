using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// One run of a Python program, by <c>pyembed._run</c>. Where it is interruptible, CPython's own handler has SIGINT meanwhile: it alone, on the thread
/// that initialised CPython, breaks <c>sleep</c>, lock waits and <c>input</c>. Afterwards the process has its handler back. The GIL is held.
/// </summary>
internal sealed class ProgramRun : IDisposable
{
    private readonly bool interruptible;
    private readonly byte[] interrupt;
    private readonly PythonObject module = new(PyRef.Checked(PythonCode.Own("pyembed._run"u8)));

    public ProgramRun(bool interruptible)
    {
        this.interruptible = interruptible;
        interrupt = interruptible ? NativeHost.GetSignalAction(NativeHost.SIGINT) : [];
    }

    public int Module(string name, string[] arguments) => module.InvokeMethod<int>("run_module", name, arguments, interruptible);

    public int EntryPoint(string name, string attribute, string program, string[] arguments) =>
        module.InvokeMethod<int>("run_entry_point", name, attribute, program, arguments, interruptible);

    /// <summary>The two parts of the reference to an entry point.</summary>
    /// <exception cref="ArgumentException">It has not the form <c>module:attribute</c>.</exception>
    public static (string Module, string Attribute) ParseReference(string reference)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        string[] parts = reference.Split(':');
        return parts.Length == 2 && parts[0].Trim().Length != 0 && parts[1].Trim().Length != 0
            ? (parts[0].Trim(), parts[1].Trim())
            : throw new ArgumentException($"'{reference}' is no entry point: it must have the form 'module:attribute', such as 'mypkg.__main__:main'.", nameof(reference));
    }

    public void Dispose()
    {
        NativeHost.SetSignalAction(NativeHost.SIGINT, interrupt);
        module.Dispose();
    }
}
