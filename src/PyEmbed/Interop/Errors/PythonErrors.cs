using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>Turns CPython's pending exception into a .NET exception. The caller holds the GIL.</summary>
internal static class PythonErrors
{
    // Longer chains are cut: each exception holds the text of all behind it, as the traceback module prints it.
    private const int ChainLimit = 32;

    /// <summary>Throws the pending exception, which is pending no more.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ThrowPending() => throw TakePending();

    /// <summary>Makes a new exception the pending one.</summary>
    /// <param name="type">The name of a built-in exception.</param>
    /// <param name="message">Its text.</param>
    public static unsafe void SetPending(string type, string message)
    {
        using PyRef text = PyRef.Take(Text.New(message));
        CPython.PyErr_SetObject(CPython.PyExc(type), text.Value);
    }

    /// <summary>The pending exception, which is pending no more. SystemExit and KeyboardInterrupt are exceptions like others here.</summary>
    public static PythonException TakePending()
    {
        nint raised = CPython.PyErr_GetRaisedException();
        if (raised == 0)
        {
            throw new InvalidOperationException("CPython reported an error and set no exception.");
        }

        using PyRef exception = PyRef.Own(raised);
        return Create(exception.Value);
    }

    /// <summary>The .NET exception for a Python exception, with those that led to it as inner exceptions.</summary>
    /// <param name="exception">Borrowed reference to an exception instance.</param>
    public static PythonException Create(nint exception) => Create(exception, [exception]);

    /// <summary>Name of a type as tracebacks print it: qualified by its module unless that is <c>builtins</c> or <c>__main__</c>.</summary>
    /// <param name="type">Borrowed reference.</param>
    public static string TypeName(nint type)
    {
        string name = Guarded.TextAttribute(type, "__qualname__"u8) ?? "<unknown>";
        return Guarded.TextAttribute(type, "__module__"u8) is { } module and not "builtins" and not "__main__" ? $"{module}.{name}" : name;
    }

    private static PythonException Create(nint exception, List<nint> chain)
    {
        string type = TypeName(CPython.TypeOf(exception));
        string? text = Guarded.Str(exception);
        string message = text == null ? $"{type}: <exception str() failed>" : text.Length == 0 ? type : $"{type}: {text}";
        (string traceback, IReadOnlyList<PythonFrame> frames) = TracebackReader.Read(exception, message);

        var value = new PythonObject(PyRef.New(exception));
        Exception? inner = ManagedExceptions.Of(value);
        if (inner is null)
        {
            using PyRef origin = Origin(exception);

            // A chain may be a ring.
            if (origin.Value != 0 && chain.Count < ChainLimit && !chain.Contains(origin.Value))
            {
                chain.Add(origin.Value);
                inner = Create(origin.Value, chain);
            }
        }

        var parts = new PythonExceptionParts(type, message, traceback, frames, inner, value);
        return IsImportError(exception) ? ImportErrors.Create(exception, parts) : new PythonException(parts);
    }

    private static unsafe bool IsImportError(nint exception) => CPython.PyErr_GivenExceptionMatches(exception, CPython.PyExc_ImportError) != 0;

    // What a traceback prints before the exception: the cause, or the context unless that is suppressed (PEP 415).
    private static unsafe PyRef Origin(nint exception)
    {
        nint cause = CPython.PyException_GetCause(exception);
        if (cause != 0)
        {
            return PyRef.Own(cause);
        }

        using PyRef suppressed = Guarded.Attribute(exception, "__suppress_context__"u8);
        return PyRef.Own(suppressed.Value == CPython.Py_True ? 0 : CPython.PyException_GetContext(exception));
    }
}
