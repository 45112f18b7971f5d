namespace PyEmbed.Tasks.Interpreter;

/// <summary>A feature release of CPython, such as 3.11: all that has the same bytecode.</summary>
/// <param name="Number">What follows the 3.</param>
internal readonly record struct PythonMinor(int Number) : IComparable<PythonMinor>
{
    /// <summary>The oldest that can be used.</summary>
    public static PythonMinor Oldest { get; } = new(9);

    /// <summary>The newest that is looked for where none is named.</summary>
    public static PythonMinor Newest { get; } = new(14);

    /// <summary>All from the oldest to the newest.</summary>
    public static IReadOnlyList<PythonMinor> LookedFor { get; } =
        Enumerable.Range(Oldest.Number, Newest.Number - Oldest.Number + 1).Select(number => new PythonMinor(number)).ToList();

    /// <summary>Whether the text is such as <c>3.11</c>.</summary>
    public static bool TryParse(string text, out PythonMinor minor)
    {
        bool parsed = text.StartsWith("3.", StringComparison.Ordinal) && text.Length is > 2 and < 6 && text.Skip(2).All(c => c is >= '0' and <= '9');
        minor = parsed ? new PythonMinor(RecordLine.Int(text.Substring(2))) : default;
        return parsed;
    }

    public static PythonMinor Parse(string text) => TryParse(text, out PythonMinor minor) ? minor : throw new FormatException($"'{text}' is no version of CPython 3");

    public int CompareTo(PythonMinor other) => Number.CompareTo(other.Number);

    public override string ToString() => $"3.{Number}";
}
