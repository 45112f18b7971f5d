using PyEmbed.Interop;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>Finds the .NET exception in a Python exception that pythonnet made of it.</summary>
internal static class PythonNetExceptions
{
    private static bool registered;

    /// <summary>Registers with PyEmbed, once. The caller holds the GIL.</summary>
    public static void Register()
    {
        if (!registered)
        {
            ManagedExceptions.AddSource(Find);
            registered = true;
        }
    }

    private static unsafe Exception? Find(PythonObject exception)
    {
        if (PythonNetBridge.Current is not { } bridge || CPython.PyErr_GivenExceptionMatches(exception.Handle, bridge.Handover.ExceptionType) == 0)
        {
            return null;
        }

        using PyObject wrapper = bridge.Handover.ToPythonNet(exception);
        return wrapper.As<Exception>();
    }
}
