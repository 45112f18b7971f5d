using PyEmbed.Native;

namespace PyEmbed.Interop;

/// <summary>
/// .NET exceptions in Python: the type that fits, the message, the .NET stack trace where tracebacks show it, and the way back to the .NET exception.
/// The caller holds the GIL.
/// </summary>
internal static unsafe class RaisedExceptions
{
    // Of the exception instance; leads to the .NET exception.
    private const string AttributeName = "__dotnet_exception__";

    private static bool isSource;

    /// <summary>Makes a .NET exception the pending one in Python. A <see cref="PythonException"/> is the very instance that it was, with its traceback.</summary>
    public static void Raise(Exception thrown) =>
        CPython.PyErr_SetRaisedException(thrown is PythonException { Value.IsDisposed: false } python ? python.Value.NewReference() : Create(thrown));

    // A new reference to an exception instance.
    private static nint Create(Exception thrown)
    {

        if (!isSource)
        {
            isSource = true;
            ManagedExceptions.AddSource(Find);
        }

        string text = Describe(thrown);
        bool hasNotes = CPython.Version >= 0x030B;
        using PyRef instance = PyRef.Take(ExceptionTypes.New(thrown, hasNotes ? thrown.Message : $"{thrown.Message}\n\n{text}"));
        if (hasNotes)
        {
            using PyRef none = PyRef.Take(HostCall.Invoke(instance.Value, "add_note", Text.New(text)));
        }

        using PyRef name = PyRef.Take(Text.NewName(AttributeName));
        using PyRef reference = PyRef.Take(ManagedReference.New(thrown.GetType().ToString(), thrown));
        if (CPython.PyObject_SetAttr(instance.Value, name.Value, reference.Value) != 0)
        {
            PythonErrors.ThrowPending();
        }

        for (Exception? inner = thrown.InnerException; inner != null; inner = inner.InnerException)
        {
            if (inner is PythonException { Value.IsDisposed: false } cause)
            {
                // Steals the reference.
                CPython.PyException_SetCause(instance.Value, cause.Value.NewReference());
                break;
            }
        }

        return instance.NewReference();
    }

    private static string Describe(Exception thrown)
    {
        try
        {
            return thrown.ToString();
        }
        catch (Exception e)
        {
            return $"{thrown.GetType()} (its ToString threw {e.GetType()})";
        }
    }

    private static Exception? Find(PythonObject exception)
    {
        using PyRef reference = Guarded.Attribute(exception.Handle, "__dotnet_exception__"u8);
        return reference.Value == 0 ? null : ManagedReference.TryGetTarget(reference.Value) as Exception;
    }
}
