using System.Collections;

namespace PyEmbed.AspNetCore;

/// <summary>A record of Python's <c>logging</c> as structured loggers read it.</summary>
internal sealed class PythonLogState(PythonWorkerLog record) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] members =
    [
        new("Message", PlainText.Of(record.Message)),
        new("PythonLogger", PlainText.Of(record.Logger)),
        new("PythonTime", record.Time),
        new("PythonException", record.Exception is null ? null : PlainText.Of(record.Exception)),
        new("{OriginalFormat}", "{Message}"),
    ];

    public int Count => members.Length;

    public KeyValuePair<string, object?> this[int index] => members[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)members).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The message, and below it the traceback that was logged with it.</summary>
    public override string ToString() => members[3].Value is string trace ? $"{members[0].Value}\n{trace}" : (string)members[0].Value!;
}
