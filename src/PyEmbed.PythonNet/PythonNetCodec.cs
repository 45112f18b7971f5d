using System.Runtime.ExceptionServices;
using PyEmbed.Interop;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>Lets <see cref="PythonObject"/> and <c>PyObject</c> cross as the objects that they are, in pythonnet's conversions and in PyEmbed's.</summary>
internal sealed class PythonNetCodec : IPyObjectEncoder, IPyObjectDecoder
{
    private static bool registered;

    private PythonNetCodec()
    {
    }

    /// <summary>Registers with both, once: neither can forget. The caller holds the GIL.</summary>
    public static void Register()
    {
        if (registered)
        {
            return;
        }

        PythonNetCodec codec = new();
        PyObjectConversions.RegisterEncoder(codec);
        PyObjectConversions.RegisterDecoder(codec);
        PythonConverter.Register<PyObject>(value => value.ToPyObject(), value => new GivenObject(value.ToPythonObject()));
        registered = true;
    }

    // pythonnet asks by the declared type, such as a method's result type.
    public bool CanEncode(Type type) => type.IsAssignableFrom(typeof(PythonObject)) || type.IsAssignableTo(typeof(Exception)) || type == typeof(ExceptionDispatchInfo);

    public PyObject? TryEncode(object value)
    {
        if (PythonNetBridge.Current is not { } bridge)
        {
            return null;
        }

        try
        {
            return value switch
            {
                PythonObject python => bridge.Handover.ToPythonNet(python),
                PythonException exception => bridge.Handover.ToPythonNet(exception.Value),

                // pythonnet hangs the .NET exception on the Python exception: these would keep each other alive for ever.
                ExceptionDispatchInfo { SourceException: PythonException } => PyObject.None,
                _ => null,
            };
        }
        catch (ObjectDisposedException)
        {
            return null; // Crosses as a .NET object. An exception would end the process, for pythonnet asks in native callbacks.
        }
    }

    public bool CanDecode(PyType objectType, Type targetType) => targetType == typeof(PythonObject);

    // pythonnet makes a reference for each value to decode, and leaves it to the decoder that says yes.
    public bool TryDecode<T>(PyObject pyObj, out T? value)
    {
        value = default;
        if (PythonNetBridge.Current is not { } bridge || bridge.Handover.FromPythonNet(pyObj) is not T decoded)
        {
            return false;
        }

        pyObj.Dispose();
        value = decoded;
        return true;
    }
}
