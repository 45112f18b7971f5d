using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>Hands Python objects over between PyEmbed's API and pythonnet's. Both then refer to the same object.</summary>
/// <remarks>Any thread may call; the GIL is taken meanwhile. What pythonnet gives out is used under its own rules: in a <c>using (Py.GIL())</c> block.</remarks>
public static class PythonNetObjects
{
    /// <summary>pythonnet's reference to the object, a further one: each is disposed on its own.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed, or Python was stopped.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="PythonNetBridge"/>, or pythonnet was shut down.</exception>
    public static PyObject ToPyObject(this PythonObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return PythonNetBridge.Required.Handover.ToPythonNet(value);
    }

    /// <summary>PyEmbed's reference to the object, a further one: each is disposed on its own.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed, or Python was stopped.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="PythonNetBridge"/>, or pythonnet was shut down.</exception>
    public static PythonObject ToPythonObject(this PyObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return PythonNetBridge.Required.Handover.FromPythonNet(value);
    }
}
