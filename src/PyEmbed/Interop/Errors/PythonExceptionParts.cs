namespace PyEmbed.Interop;

/// <summary>What a <see cref="PythonException"/> is made of.</summary>
internal sealed record PythonExceptionParts(
    string Type, string Message, string Traceback, IReadOnlyList<PythonFrame> Frames, Exception? Inner, PythonObject Value);
