namespace PyEmbed;

/// <summary>A record of Python's <c>logging</c> that a request has made, at INFO or above unless the code sets another level.</summary>
/// <param name="Level">Python's number: 10 for DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL.</param>
/// <param name="Logger">The logger's dotted name; <c>root</c> for the one without.</param>
/// <param name="Message">The message, formatted.</param>
/// <param name="Time">When it was made, by the worker's clock.</param>
/// <param name="Exception">The traceback that was logged with it, or null.</param>
public sealed record PythonWorkerLog(int Level, string Logger, string Message, DateTimeOffset Time, string? Exception);
