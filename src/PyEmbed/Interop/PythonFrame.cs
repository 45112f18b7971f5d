namespace PyEmbed;

/// <summary>One call in the traceback of a <see cref="PythonException"/>.</summary>
/// <param name="File">The code's file name: for embedded modules their place in the extraction tree, whether or not a file is there.</param>
/// <param name="Line">Line number from 1; 0 where it is unknown.</param>
/// <param name="Function">The function's name, <c>&lt;module&gt;</c> for the top level.</param>
/// <param name="Source">The line's text without indentation, of embedded modules too; <see langword="null"/> where no source is to be had.</param>
public sealed record PythonFrame(string File, int Line, string Function, string? Source);
