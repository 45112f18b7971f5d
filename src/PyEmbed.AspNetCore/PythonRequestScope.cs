using System.Collections;

namespace PyEmbed.AspNetCore;

/// <summary>The scope of what a request logs: <c>PythonRequest</c> is its name.</summary>
internal sealed class PythonRequestScope(string request) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?> member = new("PythonRequest", PlainText.Of(request));

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => index == 0 ? member : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return member;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"PythonRequest:{member.Value}";
}
