using System.Globalization;

namespace PyEmbed.Interop;

/// <summary>Finds who asked for a module: in the traceback of an ImportError the last code that is not the import system's own.</summary>
internal static class ImportSites
{
    // As many calls as an endless recursion leaves.
    private const int Limit = 5000;

    /// <summary>The code that asked, or null where there is none.</summary>
    /// <param name="exception">Borrowed reference to an exception instance.</param>
    /// <param name="frames">Its frames, for what they know of that place.</param>
    public static PythonImportSite? Find(nint exception, IReadOnlyList<PythonFrame> frames)
    {
        // Where the import system has said who asked, that is in the message, too.
        using PyRef said = Guarded.Attribute(exception, "asked_by"u8);
        return said.Value == 0 ? FromTraceback(exception, frames)
            : said.Value == CPython.Py_None ? null
            : FromSaid(said.Value, frames);
    }

    // (module, file, line, function)
    private static unsafe PythonImportSite? FromSaid(nint said, IReadOnlyList<PythonFrame> frames)
    {
        string Member(int index)
        {
            using PyRef number = PyRef.Take(CPython.PyLong_FromLongLong(index));
            using PyRef member = Guarded.Call(said, "__getitem__"u8, number.Value);
            return Guarded.Str(member.Value) ?? "";
        }

        return int.TryParse(Member(2), NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? Site(Member(0), Member(1), line, Member(3), frames) : null;
    }

    private static PythonImportSite Site(string module, string file, int line, string function, IReadOnlyList<PythonFrame> frames) =>
        new(module, frames.LastOrDefault(f => f.File == file && f.Line == line && f.Function == function) ?? new PythonFrame(file, line, function, null));

    private static unsafe PythonImportSite? FromTraceback(nint exception, IReadOnlyList<PythonFrame> frames)
    {
        PythonImportSite? site = null;
        nint current = CPython.PyException_GetTraceback(exception);
        for (int i = 0; i < Limit && current != 0 && current != CPython.Py_None; i++)
        {
            using PyRef entry = PyRef.Own(current);
            using PyRef frame = Guarded.Attribute(entry.Value, "tb_frame"u8);
            using PyRef code = Guarded.Attribute(frame.Value, "f_code"u8);
            using PyRef globals = Guarded.Attribute(frame.Value, "f_globals"u8);
            using PyRef name = PyRef.Own(Text.New("__name__"));
            using PyRef module = globals.Value == 0 ? PyRef.Own(0) : Guarded.Call(globals.Value, "get"u8, name.Value);
            string file = Guarded.TextAttribute(code.Value, "co_filename"u8) ?? "";
            if (Guarded.TextOf(module.Value) is { } asking && !IsImportSystem(asking, file))
            {
                int line = Guarded.IntAttribute(entry.Value, "tb_lineno"u8);
                site = Site(asking, file, line, Guarded.TextAttribute(code.Value, "co_name"u8) ?? "", frames);
            }

            using PyRef next = Guarded.Attribute(entry.Value, "tb_next"u8);
            current = next.Value == 0 ? 0 : next.NewReference();
        }

        if (current != 0)
        {
            CPython.Py_DecRef(current);
        }

        return site;
    }

    private static bool IsImportSystem(string module, string file) =>
        file.StartsWith("<frozen importlib", StringComparison.Ordinal) || module is "importlib" or "importlib.util" or "runpy" or "pkgutil" || module.StartsWith("pyembed.", StringComparison.Ordinal);
}
