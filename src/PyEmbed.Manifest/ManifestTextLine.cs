using System.Globalization;

namespace PyEmbed.Manifest;

/// <summary>A cursor over the fields of one line, which knows how to name what is wrong with them.</summary>
internal sealed class ManifestTextLine
{
    private readonly string _text;
    private readonly int _end;
    private readonly int _number;
    private int _next;

    /// <summary>Puts the cursor behind the line's first field, the kind of record.</summary>
    /// <param name="text">The text that the line is part of.</param>
    /// <param name="start">Where the line begins.</param>
    /// <param name="end">Where its line feed is.</param>
    /// <param name="number">The line's number, from 1.</param>
    public ManifestTextLine(string text, int start, int end, int number)
    {
        _text = text;
        _next = start;
        _end = end;
        _number = number;
        Record = Text("record");
    }

    /// <summary>The kind of record: the line's first field.</summary>
    public string Record { get; }

    /// <summary>Whether a field is left.</summary>
    public bool HasMore => _next <= _end;

    /// <summary>The next field; it may be empty.</summary>
    public string Text(string field)
    {
        if (!HasMore)
        {
            throw Error(field, "it is missing.");
        }

        int tab = _text.IndexOf('\t', _next, _end - _next);
        int end = tab < 0 ? _end : tab;
        string value = ManifestText.Unescape(_text, _next, end)
            ?? throw Error(field, @"it holds a backslash that begins none of \\, \t, \n, \r, or a bare carriage return.");
        _next = end + 1;
        return value;
    }

    /// <summary>The next field, which must not be empty.</summary>
    public string Required(string field)
    {
        string value = Text(field);
        return value.Length > 0 ? value : throw Error(field, "it is empty.");
    }

    /// <summary>The next field, a number from 0.</summary>
    public int Number(string field)
    {
        string value = Text(field);
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Error(field, $"'{value}' is no whole number from 0 to {int.MaxValue}.");
    }

    /// <summary>The next field, one of some words: its index among them.</summary>
    public int Word(string field, string[] words)
    {
        string value = Text(field);
        int index = Array.IndexOf(words, value);
        return index >= 0 ? index : throw Error(field, $"'{value}' is none of {string.Join(", ", words)}.");
    }

    /// <summary>Checks that no field is left.</summary>
    public void End()
    {
        if (HasMore)
        {
            throw new ManifestTextException(_number, "", $"a '{Record}' record has no more fields, and here one more follows.");
        }
    }

    /// <summary>What to throw for a field of this line.</summary>
    public ManifestTextException Error(string field, string reason) => new(_number, field, reason);
}
