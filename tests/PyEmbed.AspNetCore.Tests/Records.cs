using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class Records : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<(string Category, LogLevel Level, string Text, string Scope)> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(Records records, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => records.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<string> scopes = [];
            records.scopes.ForEachScope((scope, all) => all.Add(scope?.ToString() ?? ""), scopes);
            records.All.Enqueue((category, logLevel, formatter(state, exception), string.Join(' ', scopes)));
        }
    }
}
