using System.Globalization;
using System.Text;
using PyEmbed.Native;

namespace PyEmbed.Interop;

/// <summary>
/// The traceback of an exception, by Python's <c>traceback</c> module, which asks loaders for source lines: sys.excepthook of 3.9 to 3.12 prints none for code that is on no disk.
/// Where the module cannot be had or fails, file, line and function of each frame remain.
/// </summary>
internal static unsafe class TracebackReader
{
    // As many frames as an endless recursion leaves, and more than anyone reads.
    private const int FrameLimit = 5000;

    // An exception that goes up through many calls between the languages is described in each: in full that would take time with the square of their number.
    private const int NestingLimit = 16, NestedFrameLimit = 20;

    /// <summary>Reads text and frames, oldest call first.</summary>
    /// <param name="exception">Borrowed reference to an exception instance.</param>
    /// <param name="message">The last line where the module cannot give it.</param>
    public static (string Text, IReadOnlyList<PythonFrame> Frames) Read(nint exception, string message)
    {
        using PyRef traceback = PyRef.Own(CPython.PyException_GetTraceback(exception));
        using PyRef module = Guarded.Module("traceback"u8);
        using PyRef type = Guarded.Attribute(module.Value, "TracebackException"u8);
        using PyRef description = Describe(type.Value, exception);
        using PyRef stack = Guarded.Attribute(description.Value, "stack"u8);

        List<PythonFrame> frames = ReadSummaries(stack.Value) ?? Walk(traceback.Value);
        return (Format(description.Value) ?? Format(frames, message), frames.AsReadOnly());
    }

    // A traceback.TracebackException.
    private static PyRef Describe(nint type, nint exception)
    {
        using PyRef method = Guarded.Attribute(type, "from_exception"u8);
        if (method.Value == 0 || NativeFunction.Depth <= NestingLimit)
        {
            return method.Value == 0 ? PyRef.Own(0) : Guarded.Result(CPython.PyObject_VectorcallDict(method.Value, &exception, 1, 0));
        }

        // The newest frames, by a negative limit.
        using PyRef keywords = Guarded.Result(CPython.PyDict_New());
        using PyRef limit = Guarded.Result(CPython.PyLong_FromLongLong(-NestedFrameLimit));
        return keywords.Value == 0 || limit.Value == 0 || CPython.PyDict_SetItemString(keywords.Value, Text.Ascii("limit"u8), limit.Value) != 0
            ? Guarded.Result(0)
            : Guarded.Result(CPython.PyObject_VectorcallDict(method.Value, &exception, 1, keywords.Value));
    }

    private static string? Format(nint description)
    {
        using PyRef lines = description == 0 ? PyRef.Own(0) : Guarded.Call(description, "format"u8);
        var text = new StringBuilder();
        return lines.Value != 0 && ForEach(lines.Value, line => text.Append(Guarded.TextOf(line))) ? text.ToString() : null;
    }

    private static string Format(List<PythonFrame> frames, string message)
    {
        var text = new StringBuilder();
        if (frames.Count != 0)
        {
            text.Append("Traceback (most recent call last):\n");
        }

        foreach (PythonFrame frame in frames)
        {
            text.Append(CultureInfo.InvariantCulture, $"  File \"{frame.File}\", line {frame.Line}, in {frame.Function}\n");
        }

        return text.Append(message).Append('\n').ToString();
    }

    // traceback.FrameSummary objects.
    private static List<PythonFrame>? ReadSummaries(nint stack)
    {
        if (stack == 0)
        {
            return null;
        }

        var frames = new List<PythonFrame>();
        using PyRef iterator = Guarded.Result(CPython.PyObject_GetIter(stack));
        return iterator.Value != 0 && ForEach(iterator.Value, summary => frames.Add(new PythonFrame(
            Guarded.TextAttribute(summary, "filename"u8) ?? "",
            Guarded.IntAttribute(summary, "lineno"u8),
            Guarded.TextAttribute(summary, "name"u8) ?? "",
            Guarded.TextAttribute(summary, "line"u8) is { Length: > 0 } source ? source : null,
            Column(summary)))) ? frames : null;
    }

    private static int? Column(nint summary)
    {
        using PyRef column = Guarded.Attribute(summary, "colno"u8);
        return column.Value != 0 && CPython.Is(column.Value, CPython.Py_TPFLAGS_LONG_SUBCLASS) && Integers.TryRead(column.Value, out long number, out _) ? (int)number + 1 : null;
    }

    private static List<PythonFrame> Walk(nint traceback)
    {
        var frames = new List<PythonFrame>();
        nint current = traceback == 0 ? 0 : PyRef.New(traceback);
        while (current != 0 && current != CPython.Py_None && frames.Count < FrameLimit)
        {
            using PyRef entry = PyRef.Own(current);
            using PyRef frame = Guarded.Attribute(entry.Value, "tb_frame"u8);
            using PyRef code = Guarded.Attribute(frame.Value, "f_code"u8);
            frames.Add(new PythonFrame(
                Guarded.TextAttribute(code.Value, "co_filename"u8) ?? "",
                Guarded.IntAttribute(entry.Value, "tb_lineno"u8),
                Guarded.TextAttribute(code.Value, "co_name"u8) ?? "",
                null));
            using PyRef next = Guarded.Attribute(entry.Value, "tb_next"u8);
            current = next.Value == 0 ? 0 : next.NewReference();
        }

        if (current != 0)
        {
            CPython.Py_DecRef(current);
        }

        return frames;
    }

    // False where the iterator raised an exception.
    private static bool ForEach(nint iterator, Action<nint> action)
    {
        while (true)
        {
            using PyRef item = PyRef.Own(CPython.PyIter_Next(iterator));
            if (item.Value == 0)
            {
                break;
            }

            action(item.Value);
        }

        bool failed = CPython.PyErr_Occurred() != 0;
        Guarded.Clear();
        return !failed;
    }
}
