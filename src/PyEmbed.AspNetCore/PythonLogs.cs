using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PyEmbed.AspNetCore;

/// <summary>Hands the records of Python's <c>logging</c> to <see cref="ILogger"/>: category <c>Python</c> and the logger's name, in a scope with the request's name.</summary>
internal sealed class PythonLogs(ILoggerFactory loggers)
{
    private const string Root = "Python";

    // Logger factories keep every category for good, and scripts make the names up.
    private const int MostCategories = 500;
    private const int LongestName = 200;

    private readonly ConcurrentDictionary<string, ILogger> known = new();
    private readonly ILogger root = loggers.CreateLogger(Root);

    public void Write(string request, IReadOnlyList<PythonWorkerLog> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        // Scopes are the provider's, not the logger's: one is enough for all categories.
        using IDisposable? scope = root.BeginScope(new PythonRequestScope(request));
        foreach (PythonWorkerLog record in records)
        {
            LogLevel level = Level(record.Level);
            ILogger logger = Logger(record.Logger);
            if (logger.IsEnabled(level))
            {
                logger.Log(level, default, new PythonLogState(record), null, static (state, _) => state.ToString());
            }
        }
    }

    private static LogLevel Level(int level) => level switch
    {
        >= 50 => LogLevel.Critical,
        >= 40 => LogLevel.Error,
        >= 30 => LogLevel.Warning,
        >= 20 => LogLevel.Information,
        >= 10 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    private ILogger Logger(string name)
    {
        if (name.Length == 0 || name == "root")
        {
            return root;
        }

        if (known.TryGetValue(name, out ILogger? logger))
        {
            return logger;
        }

        return known.Count >= MostCategories || name.Length > LongestName ? root : known.GetOrAdd(name, name => loggers.CreateLogger($"{Root}.{PlainText.Of(name)}"));
    }
}
