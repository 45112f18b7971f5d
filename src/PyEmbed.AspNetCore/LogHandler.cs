namespace PyEmbed.AspNetCore;

/// <summary>Has the records of <c>logging</c> come from an isolate as they are made: those of INFO and above, unless the code sets the root logger's level.</summary>
internal static class LogHandler
{
    private const string Module = "_pyembed_log";

    private const string Source = $"""
        import logging
        from {Module} import emit

        class HostHandler(logging.Handler):
            def emit(self, record):
                try:
                    trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
                    emit(record.levelno, record.name, record.getMessage(), record.created, trace)
                except Exception:
                    self.handleError(record)

        if not any(handler.name == '{Module}' for handler in logging.root.handlers):
            handler = HostHandler()
            handler.name = '{Module}'
            logging.root.addHandler(handler)
        logging.root.setLevel(logging.INFO)
        """;

    /// <summary>What it imports.</summary>
    public static IReadOnlyList<string> Modules { get; } = ["logging", Module];

    /// <summary>Gives isolates the module by which records come.</summary>
    /// <param name="options">Those of the isolates.</param>
    /// <param name="write">Gets each record, on the thread that has logged it, which holds the GIL.</param>
    public static void AddTo(PythonIsolateOptions options, Action<PythonWorkerLog> write) =>
        options.NativeModules.Add(Module, module => module.AddFunction("emit", (int level, string logger, string message, double time, string? exception) =>
            write(new PythonWorkerLog(level, logger, message, DateTimeOffset.UnixEpoch.AddSeconds(time), exception))));

    /// <summary>Adds the handler to an isolate that has the module, unless it has the handler, too: what comes after may have failed.</summary>
    public static void Install(PythonIsolate isolate) => isolate.Execute(Source);
}
