namespace PyEmbed.Interop;

/// <summary>Lets go of the GIL on a thread that holds it, whoever took it.</summary>
internal sealed unsafe class GilRelease : GilScope
{
    private nint state;

    protected override void Begin()
    {
        if (!Gil.IsHeld)
        {
            throw new InvalidOperationException("AllowThreads lets go of the GIL, and the calling thread does not hold it: call it in a function that Python calls, or within Hold.");
        }

        state = CPython.PyEval_SaveThread();
    }

    // Also where Python was stopped meanwhile: the calls below this one belong to Python.
    protected override void End() => CPython.PyEval_RestoreThread(state);
}
