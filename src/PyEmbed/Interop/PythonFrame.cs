namespace PyEmbed;

/// <summary>One call in the traceback of a <see cref="PythonException"/>.</summary>
/// <param name="File">The code's file name: for embedded modules their place in the extraction tree, whether or not a file is there.</param>
/// <param name="Line">Line number from 1; 0 where it is unknown.</param>
/// <param name="Function">The function's name, <c>&lt;module&gt;</c> for the top level.</param>
/// <param name="Source">The line's text without indentation, of embedded modules too; <see langword="null"/> where no source is to be had.</param>
/// <param name="Column">Where in the line the call, the import statement or the failing expression begins, from 1, in bytes of UTF-8; <see langword="null"/> before CPython 3.11 and where it is unknown.</param>
public sealed record PythonFrame(string File, int Line, string Function, string? Source, int? Column = null);
