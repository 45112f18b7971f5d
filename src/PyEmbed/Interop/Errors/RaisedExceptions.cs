using System.Globalization;
using System.Text;
using PyEmbed.Native;

namespace PyEmbed.Interop;

/// <summary>
/// .NET exceptions in Python: the type that fits, the message, the .NET stack trace where tracebacks show it, and the way back to the .NET exception.
/// The caller holds the GIL.
/// </summary>
internal static unsafe class RaisedExceptions
{
    // More than anyone reads of one exception; the text goes up with it through every call between the languages.
    private const int NoteLimit = 32_000;

    private static bool isSource;

    /// <summary>Makes a .NET exception the pending one in Python. A <see cref="PythonException"/> is the very instance that it was, with its traceback.</summary>
    public static void Raise(Exception thrown) =>
        CPython.PyErr_SetRaisedException(thrown is PythonException { Value.IsDisposed: false } python ? python.Value.NewReference() : Create(thrown));

    // Of the exception instance; leads to the .NET exception.
    private static ReadOnlySpan<byte> AttributeName => "__dotnet_exception__"u8;

    // A new reference to an exception instance.
    private static nint Create(Exception thrown)
    {
        if (!isSource)
        {
            isSource = true;
            ManagedExceptions.AddSource(Find);
        }

        PythonException? cause = FindCause(thrown);
        string text = Shorten(Describe(thrown, cause));
        bool hasNotes = CPython.Version >= 0x030B;
        using PyRef instance = PyRef.Take(ExceptionTypes.New(thrown, hasNotes ? thrown.Message : $"{thrown.Message}\n\n{text}"));
        if (hasNotes)
        {
            using PyRef none = PyRef.Take(HostCall.Invoke(instance.Value, "add_note", Text.New(text)));
        }

        using PyRef name = PyRef.Take(Text.NewName(Encoding.ASCII.GetString(AttributeName)));
        using PyRef reference = PyRef.Take(ManagedReference.New(thrown.GetType().ToString(), thrown));
        if (CPython.PyObject_SetAttr(instance.Value, name.Value, reference.Value) != 0)
        {
            PythonErrors.ThrowPending();
        }

        if (cause is not null)
        {
            // Steals the reference.
            CPython.PyException_SetCause(instance.Value, cause.Value.NewReference());
        }

        return instance.NewReference();
    }

    private static PythonException? FindCause(Exception thrown)
    {
        for (Exception? inner = thrown.InnerException; inner != null; inner = inner.InnerException)
        {
            if (inner is PythonException { Value.IsDisposed: false } cause)
            {
                return cause;
            }
        }

        return null;
    }

    private static string Describe(Exception thrown, PythonException? cause)
    {
        try
        {
            return cause is null ? thrown.ToString() : DescribeAbove(thrown, cause);
        }
        catch (Exception e)
        {
            return $"{thrown.GetType()} (its ToString threw {e.GetType()})";
        }
    }

    // As Exception.ToString does. Of the cause only what it is: Python prints it, and with it what it was caused by. To have all that once more in each exception
    // that another wraps would be a text that multiplies with every call between the languages.
    private static string DescribeAbove(Exception thrown, PythonException cause)
    {
        var text = new StringBuilder();
        var outer = new Stack<Exception>();
        for (Exception current = thrown; current != cause; current = current.InnerException!)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(outer.Count == 0 ? "" : "\n ---> ")}{current.GetType()}: {current.Message}");
            outer.Push(current);
        }

        text.Append(CultureInfo.InvariantCulture, $"\n ---> {cause.GetType()}: {cause.PythonType}, the cause of this exception");
        foreach (Exception current in outer)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n   --- End of inner exception stack trace ---\n{current.StackTrace}");
        }

        return text.ToString();
    }

    private static string Shorten(string text)
    {
        if (text.Length <= NoteLimit)
        {
            return text;
        }

        int head = NoteLimit * 3 / 4, tail = text.Length - (NoteLimit / 4);
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, head), $"\n... {tail - head} characters are left out ...\n", text.AsSpan(tail));
    }

    private static Exception? Find(PythonObject exception)
    {
        using PyRef reference = Guarded.Attribute(exception.Handle, AttributeName);
        return reference.Value == 0 ? null : ManagedReference.TryGetTarget(reference.Value) as Exception;
    }
}
